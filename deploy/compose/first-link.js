// Run inside identity: prints the link that makes the first administrator.
const { ADMIN_PORT, SERVICE_SECRET } = process.env;
const answer = await fetch(`http://127.0.0.1:${ADMIN_PORT}/bootstrap-link`, {
  method: 'POST',
  headers: { 'x-service-secret': SERVICE_SECRET },
});
console.info(await answer.text());
