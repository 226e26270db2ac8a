using System.Diagnostics;

namespace Semblance.Postgres.Tests;

/// <summary>PostgreSQL with pgvector as a program of Node (PGlite): installed by npm below <c>artifacts</c>, once.</summary>
internal static class Pglite
{
    private static readonly Lazy<string?> Installation = new(Install);

    /// <summary>Why it cannot be had; null where it can.</summary>
    public static string? Problem => Installation.Value;

    private static string Folder => Path.Combine(Fixtures.Repository, "artifacts", "pglite");

    /// <summary>Starts it on a port of this machine; it ends when its standard input does.</summary>
    public static async Task<Process> StartAsync(int port)
    {
        var process = Start("node", Folder, "start.js", $"{port}");
        var line = await process.StandardOutput.ReadLineAsync();
        return line == "ready" ? process : throw new InvalidOperationException($"PGlite did not start: {line} {await process.StandardError.ReadToEndAsync()}");
    }

    private static string? Install()
    {
        var source = Path.Combine(Fixtures.Repository, "tests", "Semblance.Postgres.Tests", "server");
        Directory.CreateDirectory(Folder);
        var (wanted, installed) = (File.ReadAllText(Path.Combine(source, "package-lock.json")), Path.Combine(Folder, "installed"));
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        }

        if (File.Exists(installed) && File.ReadAllText(installed) == wanted)
        {
            return null;
        }

        try
        {
            using var npm = Start("npm", Folder, "ci", "--no-audit", "--no-fund", "--loglevel=error");
            var errors = npm.StandardError.ReadToEndAsync();
            npm.StandardOutput.ReadToEnd();
            npm.WaitForExit();
            if (npm.ExitCode != 0)
            {
                return $"needs PGlite, which npm could not install: {errors.Result.Trim()}";
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"needs Node with npm, or a server in {PostgresServer.Variable}: {e.Message}";
        }

        File.WriteAllText(installed, wanted);
        return null;
    }

    private static Process Start(string program, string folder, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
