using Semblance.Checkpoints;
using Semblance.Modules;

namespace Semblance.Conversion;

/// <summary>Finds the files of a model that lie beside its exported weights: configuration, tokenizer and modules.</summary>
internal static class BesideFiles
{
    /// <summary>Copies the files into a folder.</summary>
    /// <param name="path">The path of the exported file.</param>
    /// <param name="folder">
    /// The folder to look in; <see langword="null"/> for that of the file and, if its name is <c>onnx</c>, the one above.
    /// </param>
    /// <param name="target">The folder to copy into.</param>
    /// <exception cref="DirectoryNotFoundException"><paramref name="folder"/> does not exist.</exception>
    public static void Copy(string path, string? folder, string target)
    {
        if (folder is not null && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected one with config.json and a tokenizer.");
        }

        foreach (var source in folder is not null ? [folder] : Around(Path.GetDirectoryName(Path.GetFullPath(path))!))
        {
            CopyFrom(source, target);
        }
    }

    private static IEnumerable<string> Around(string folder) =>
        Path.GetFileName(folder) == "onnx" && Path.GetDirectoryName(folder) is { } above ? [folder, above] : [folder];

    // The weights of the transformer are converted; those of other modules belong to the files.
    private static void CopyFrom(string source, string target)
    {
        var first = ModuleList.FirstFolder(source).Trim('/');
        var belongs = ModelFiles.In(source);
        foreach (var inner in ModelFiles.Listed(source, ModuleList.FileName).Prepend("").Distinct())
        {
            var folder = Path.Combine(source, inner);
            if (!Directory.Exists(folder))
            {
                continue;
            }

            Directory.CreateDirectory(Path.Combine(target, inner));
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                var name = Path.GetFileName(file);
                var copy = Path.Combine(target, inner, name);
                if (belongs(inner.Length == 0 ? name : $"{inner}/{name}") && !File.Exists(copy)
                    && !(Checkpoint.IsFileName(name) && (inner == first || inner.Length == 0)))
                {
                    File.Copy(file, copy);
                }
            }
        }
    }
}
