"""H-CLIC: the quarterly return of homelessness cases, checked on each case as the work is done."""
