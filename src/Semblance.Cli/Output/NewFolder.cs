using Semblance.Checkpoints;

namespace Semblance.Cli.Output;

/// <summary>A folder for a new model.</summary>
internal static class NewFolder
{
    /// <summary>The folder itself, if there is nothing at its place.</summary>
    /// <exception cref="IOException">There is something.</exception>
    public static string Check(string folder) => File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        ? throw new IOException($"{folder}: there is something already; choose a new folder.")
        : folder;

    /// <summary>Writes a model, beside its place first, so that there is a whole model or none.</summary>
    public static void Save(SentenceTransformer model, string folder, DType weights = DType.F32)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            model.Save(temporary, weights);
            if (Directory.Exists(path))
            {
                Directory.Delete(path); // it is empty
            }

            Directory.Move(temporary, path);
        }
        catch
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            throw;
        }
    }
}
