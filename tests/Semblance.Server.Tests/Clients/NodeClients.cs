using System.Diagnostics;
using System.Text.Json;

namespace Semblance.Server.Tests.Clients;

/// <summary>The clients of other projects, in Node: installed by npm below <c>artifacts</c>, once.</summary>
internal static class NodeClients
{
    private static readonly Lazy<string?> Installation = new(Install);

    /// <summary>Why they cannot be had; null where they can.</summary>
    public static string? Problem => Installation.Value;

    private static string Folder => Path.Combine(Fixtures.Repository, "artifacts", "server-clients");

    /// <summary>Calls a server with every client and returns what they got.</summary>
    public static async Task<JsonElement> RunAsync(Uri url)
    {
        using var node = Start("node", "clients.js", url.ToString().TrimEnd('/'));
        var errors = node.StandardError.ReadToEndAsync();
        var output = await node.StandardOutput.ReadToEndAsync();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await errors);
        return JsonElement.Parse(output);
    }

    private static string? Install()
    {
        var source = Path.Combine(Fixtures.Repository, "tests", "Semblance.Server.Tests", "node");
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
            using var npm = Start("npm", "ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error");
            var errors = npm.StandardError.ReadToEndAsync();
            npm.StandardOutput.ReadToEnd();
            npm.WaitForExit();
            if (npm.ExitCode != 0)
            {
                return $"needs clients, which npm could not install: {errors.Result.Trim()}";
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"needs Node with npm: {e.Message}";
        }

        File.WriteAllText(installed, wanted);
        return null;
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = Folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
