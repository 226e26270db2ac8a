using System.Runtime.InteropServices;
using Semblance.Cli;

// The first signal lets a command clean up; the second ends the process at once.
using var stop = new CancellationTokenSource();
var signal = 0;
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, 2));
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 15));
var exitCode = await CommandLine.RunAsync(args, Host.OfProcess(), stop.Token).ConfigureAwait(false);
return exitCode == CommandLine.Stopped ? 128 + signal : exitCode;

void Stop(PosixSignalContext context, int number)
{
    context.Cancel = !stop.IsCancellationRequested;
    signal = number;
    stop.Cancel();
}
