using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Semblance.Benchmarks;

/// <summary>A server in a process of its own, on a free port of the loopback interface.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint address) => (_process, Address) = (process, address);

    /// <summary>The address.</summary>
    public IPEndPoint Address { get; }

    /// <summary>The resident memory in megabytes.</summary>
    public double Megabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>The processor time so far in seconds.</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts <c>semblance serve</c> with a model.</summary>
    public static Task<ServerProcess> StartAsync(string model, params string[] options) => StartAsync(
        Path.Combine(AppContext.BaseDirectory, "..", "..", "Semblance.Cli", "release", OperatingSystem.IsWindows() ? "semblance.exe" : "semblance"),
        url => ["serve", "--model", $"bench={model}", "--urls", url, .. options]);

    /// <summary>Starts a server and waits until it is ready.</summary>
    /// <param name="command">The program.</param>
    /// <param name="arguments">Its arguments, for the address to listen to.</param>
    public static async Task<ServerProcess> StartAsync(string command, Func<string, IEnumerable<string>> arguments)
    {
        var address = FreeAddress();
        var process = Process.Start(new ProcessStartInfo(command, arguments($"http://{address}")) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command} did not start; build the solution first.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.Write(line.Data is { Length: > 0 } text && text.Contains("fail", StringComparison.Ordinal) ? $"{text}\n" : "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new ServerProcess(process, address);
        for (var watch = Stopwatch.StartNew(); !await server.IsReadyAsync(); await Task.Delay(20))
        {
            if (process.HasExited || watch.Elapsed > StartLimit)
            {
                await server.DisposeAsync();
                throw new InvalidOperationException($"{command} is not ready after {watch.Elapsed.TotalSeconds:F0} s.");
            }
        }

        return server;
    }

    /// <summary>Asks the process to end, as <c>kill -TERM</c> does.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the process has ended.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var connection = await HttpConnection.ConnectAsync(Address);
            return (await connection.SendAsync(HttpConnection.Request("/ready", null))).Status == 200;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            return false;
        }
    }

    private static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
