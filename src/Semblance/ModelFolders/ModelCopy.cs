using Semblance.Checkpoints;
using Semblance.Transformers;

namespace Semblance;

/// <summary>
/// Represents a model's folder that is copied with weights of its own: all files of the model but the weights, and its notes.
/// </summary>
internal sealed class ModelCopy
{
    // Of the files that do not belong to the model, those that belong to whoever receives it.
    private static readonly string[] Notes =
        [ModelQuantizer.Card, "LICENSE", "LICENSE.md", "LICENSE.txt", "NOTICE", "NOTICE.md", "NOTICE.txt"];

    private readonly List<string> _files;

    /// <summary>Finds the files of a model.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no weights.</exception>
    /// <exception cref="ModelFormatException">The folder has an adapter.</exception>
    public ModelCopy(string folder)
    {
        Source = Path.GetFullPath(ModelFolder.Whole(folder));
        if (!Directory.Exists(Source))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; expected the folder of a model.");
        }

        AdapterFiles.Refuse(Source);
        var belongs = ModelFiles.In(Source);
        _files = [.. Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(Source, file).Replace('\\', '/') is var path && (belongs(path) || Notes.Contains(path)))
            .Order(StringComparer.Ordinal)];
        WeightFolders = [.. _files.Where(IsWeights).Select(file => Path.GetRelativePath(Source, Path.GetDirectoryName(file)!)).Distinct()];
        if (WeightFolders.Count == 0)
        {
            throw new FileNotFoundException($"{folder}: the folder has no weights; expected a model.");
        }
    }

    /// <summary>Gets the full path of the folder.</summary>
    public string Source { get; }

    /// <summary>Gets the folders with weights, relative to <see cref="Source"/>.</summary>
    public IReadOnlyList<string> WeightFolders { get; }

    /// <summary>Gets the number of bytes of the weights.</summary>
    public long WeightBytes => _files.Where(IsWeights).Sum(file => new FileInfo(file).Length);

    /// <summary>Writes the copy in one step.</summary>
    /// <param name="output">The folder of the copy, which may be the source.</param>
    /// <param name="writeWeights">
    /// Writes the weights of a folder: receives its path relative to the source, and the path of the folder to write into.
    /// </param>
    /// <param name="finish">Changes the copy at the end; receives its path.</param>
    /// <exception cref="IOException">A file cannot be read or written; the output is unchanged.</exception>
    public void Write(string output, Action<string, string> writeWeights, Action<string>? finish = null) =>
        ModelFiles.Save(output, written => WriteInto(written, writeWeights, finish));

    private void WriteInto(string written, Action<string, string> writeWeights, Action<string>? finish)
    {
        foreach (var file in _files.Where(file => !IsWeights(file)))
        {
            var copy = Path.Combine(written, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        foreach (var inner in WeightFolders)
        {
            writeWeights(inner, Directory.CreateDirectory(Path.Combine(written, inner)).FullName);
        }

        finish?.Invoke(written);
    }

    private static bool IsWeights(string file) => Checkpoint.IsFileName(Path.GetFileName(file));
}
