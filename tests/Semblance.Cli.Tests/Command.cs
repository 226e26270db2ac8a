using System.Diagnostics;

namespace Semblance.Cli.Tests;

/// <summary>The command as it is built, in a process of its own.</summary>
internal static class Command
{
    // Blocks are 512 bytes. A write beyond the limit fails, where without the trap it would end the process.
    private const string Limited = "trap '' XFSZ; ulimit -f \"$1\"; shift; exec \"$0\" \"$@\"";

    private static readonly string Executable = Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Semblance.Cli", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), OperatingSystem.IsWindows() ? "semblance.exe" : "semblance");

    public static Process Start(params string[] arguments) => Start(new ProcessStartInfo(Executable, arguments));

    public static Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => EndOfAsync(Start(arguments));

    /// <summary>Runs it with environment variables; one without a value is removed.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        RunAsync("", environment, arguments);

    /// <summary>Runs it in a folder, with environment variables.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(string folder, IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable, arguments) { WorkingDirectory = folder };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return EndOfAsync(Start(start));
    }

    /// <summary>Runs it where no file grows beyond so many bytes: the next write fails in its middle, as on a full disk. Not on Windows.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunOnFullDiskAsync(long bytes, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Limited, Executable, $"{bytes / 512}", .. arguments]);
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // the runtime's code would lie in a file that is too large
        return EndOfAsync(Start(start));
    }

    private static async Task<(int ExitCode, string Output, string Error)> EndOfAsync(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return (process.ExitCode, await output, await error);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        return Process.Start(start)!;
    }
}
