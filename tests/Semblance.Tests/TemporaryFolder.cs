namespace Semblance.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("semblance-").FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Copies the files of a folder, and those below it.</summary>
    public TemporaryFolder With(string source)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Of(System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }

        return this;
    }

    /// <summary>Replaces a text in a file, where it must be.</summary>
    public TemporaryFolder Edit(string name, string old, string replacement)
    {
        var text = File.ReadAllText(Of(name));
        text.ShouldContain(old);
        File.WriteAllText(Of(name), text.Replace(old, replacement, StringComparison.Ordinal));
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
