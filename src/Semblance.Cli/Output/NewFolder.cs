namespace Semblance.Cli.Output;

/// <summary>Checks the folder of a new model.</summary>
internal static class NewFolder
{
    /// <summary>Returns the folder if it does not exist or is empty.</summary>
    /// <exception cref="IOException">The folder is not empty, or a file has that name.</exception>
    public static string Check(string folder) =>
        File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        ? throw new IOException($"{folder}: this already exists and is not an empty folder; choose a new folder.")
        : folder;
}
