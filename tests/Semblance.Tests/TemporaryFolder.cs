namespace Semblance.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public string Path => _folder.FullName;

    public string Of(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file, in folders that are made if need be.</summary>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Of(name))!);
        File.WriteAllText(Of(name), content);
        return Of(name);
    }

    /// <summary>Copies a file, or all files of a folder.</summary>
    public void Copy(string source, string name)
    {
        foreach (var file in File.Exists(source) ? [source] : Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = File.Exists(source) ? Of(name) : System.IO.Path.Combine(Of(name), System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, File.ReadAllBytes(file)); // a copy may be read-only
        }
    }

    /// <summary>Copies the files of a folder, and those below it.</summary>
    public TemporaryFolder With(string source)
    {
        Copy(source, "");
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

    public void Dispose() => _folder.Delete(recursive: true);
}
