/* SPDX-License-Identifier: Apache-2.0 */
/* medlock: the client of patients, institutes and the certificate authority. */
#include "tui/cli/cli.h"

int main(int argc, char **argv)
{
	app_process_init();
	return cli_main(argc, argv);
}
