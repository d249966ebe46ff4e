-- Why something was changed is asked of its owner with what was changed, as the reader may see it; nobody writes it here
-- any more. The column goes once no process does that still writes it.
alter table timeline alter column reason set default '';
