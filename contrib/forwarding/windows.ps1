# Windows forwards pdns.local to dnshist. Documented, but not tested by dnshist.
#
# Goes to:  an administrator's PowerShell; one of the two commands
# Change:   pdns.local to the responder's zone, 192.0.2.53 to its address. Windows supports only
#           port 53: let the responder listen there, --listen 192.0.2.53@53, or put a resolver in front
# Try:      Resolve-DnsName -Type TXT help.pdns.local
# Undo:     Remove-DnsServerZone pdns.local
#           Get-DnsClientNrptRule | Where-Object Namespace -eq .pdns.local | Remove-DnsClientNrptRule

# On a DNS server: it forwards the zone for all its clients.
Add-DnsServerConditionalForwarderZone -Name pdns.local -MasterServers 192.0.2.53

# On a single machine: its resolver asks the responder for the zone, and not by multicast.
Add-DnsClientNrptRule -Namespace .pdns.local -NameServers 192.0.2.53
