namespace Semblance.Cli.Output;

/// <summary>A folder for a new model.</summary>
internal static class NewFolder
{
    /// <summary>The folder itself, if there is nothing at its place.</summary>
    /// <exception cref="IOException">There is something.</exception>
    public static string Check(string folder) => File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        ? throw new IOException($"{folder}: there is something already; choose a new folder.")
        : folder;
}
