namespace Semblance.Tokenizers.Tests;

/// <summary>Represents a folder that is deleted after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("semblance-tokenizers-").FullName;

    public TemporaryFolder Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public TemporaryFolder Write(string name, byte[] content)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, name), content);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
