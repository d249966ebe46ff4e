"""What an analyst does with clickhouse-connect: runs the guide's Python, then its questions; prints JSON for the test.

Arguments: base URL, a file with the statements of the guide as JSON, a file with the guide's Python.
"""

import json
import os
import sys
from urllib.parse import urlsplit

import clickhouse_connect
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select
from clickhouse_connect.driver.exceptions import DatabaseError

base, questions, example = sys.argv[1:]
address = urlsplit(base)


def connect(key, **more):
    return clickhouse_connect.get_client(
        host=address.hostname, port=address.port, username='default', password=key,
        proxy_path='/v1/analytics/sql', **more)


def refusal(work):
    try:
        work()
    except DatabaseError as error:
        return str(error)
    return None


def told():
    """By the guide's own lines, against this address."""
    text = open(example).read().replace("host='localhost', port=7300", f"host={address.hostname!r}, port={address.port}")
    names = {}
    exec(text, names)  # noqa: S102
    return names['client']


def as_superset_does():
    """Through SQLAlchemy: which tables there are, what they hold, and a question that it writes itself."""
    key = os.environ['PELAGIC_KEY']
    engine = create_engine(f'clickhousedb://default:{key}@{address.netloc}/pelagic?proxy_path=/v1/analytics/sql')
    look = inspect(engine)
    leads = Table('leads', MetaData(schema='pelagic'), autoload_with=engine)
    with engine.connect() as connection:
        states = connection.execute(select(leads.c.state, func.count()).group_by(leads.c.state).limit(10)).fetchall()
    return {
        'schemas': look.get_schema_names(),
        'leads': 'leads' in look.get_table_names(schema='pelagic'),
        'columns': [column['name'] for column in look.get_columns('leads', schema='pelagic')][:4],
        'there': [look.has_table(name, schema='pelagic') for name in ('leads', 'event_log')],
        'states': [list(row) for row in states],
    }


client = told()
answers = {}
for statement in json.load(open(questions)):
    answer = client.query(statement)
    answers[statement] = {'columns': list(answer.column_names), 'rows': len(answer.result_rows)}

leads = client.query('select name, create_date, create_time from leads order by name')
print(json.dumps({
    'version': client.server_version,
    'answers': answers,
    'leads': [[name, date.isoformat(), time.year] for name, date, time in leads.result_rows],
    'by_parameter': client.query(
        'select name from leads where name = {name:String}', parameters={'name': "O'Hara 贸易"}).result_rows,
    'amount': str(client.query('select sum(amount) from opportunities').result_rows[0][0]),
    'many': client.query('select a.date from calendar a join calendar b on a.year = b.year and a.month = b.month '
                         'limit 90000').row_count,
    'csv': client.raw_query('select name from leads order by name limit 1', fmt='CSVWithNames').decode(),
    'refused': refusal(lambda: client.query('select * from system.processes')),
    'setting': refusal(lambda: client.query('select 1', settings={'max_execution_time': 0})),
    'wrong_key': refusal(lambda: connect('plg_' + 'x' * 40)),
    'sqlalchemy': as_superset_does(),
    'written': refusal(lambda: connect(os.environ['PELAGIC_KEY'], compress=False).insert(
        'leads', [['x']], column_names=['name'])),
    'written_packed': refusal(lambda: client.insert('leads', [['x']], column_names=['name'])),
}))
