namespace Semblance.Transformers.Tests;

/// <summary>Represents a copy of a fixture folder that a test may change; it is removed at the end.</summary>
internal sealed class ModelFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public ModelFolder(string fixture)
    {
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.IsPathRooted(fixture) ? fixture : Fixtures.Own(fixture)))
        {
            File.WriteAllBytes(System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)), File.ReadAllBytes(file)); // a copy may be read-only
        }
    }

    public string Path => _folder.FullName;

    public void Edit(string file, string old, string replacement)
    {
        var path = System.IO.Path.Combine(Path, file);
        var text = File.ReadAllText(path);
        text.ShouldContain(old);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public void Write(string file, string content) => File.WriteAllText(System.IO.Path.Combine(Path, file), content);

    public void Delete(string file) => File.Delete(System.IO.Path.Combine(Path, file));

    public void Dispose() => _folder.Delete(recursive: true);
}
