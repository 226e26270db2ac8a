namespace Semblance.Fuzzing;

/// <summary>The files that a target reads: those of a seed, or a mutation of them.</summary>
/// <param name="files">Name and content of each file; a name may have folders in it.</param>
internal sealed class FuzzInput(IReadOnlyDictionary<string, byte[]> files)
{
    private string? _folder;

    /// <summary>Name and content of each file.</summary>
    public IReadOnlyDictionary<string, byte[]> Files => files;

    /// <summary>The size of all files in bytes.</summary>
    public long Length => files.Values.Sum(content => (long)content.Length);

    /// <summary>The content of a file.</summary>
    public byte[] this[string name] => files[name];

    /// <summary>A temporary folder with the files, written when first asked for.</summary>
    public string Folder => _folder ??= WriteTo(Directory.CreateTempSubdirectory("semblance-fuzzing-").FullName);

    /// <summary>An input of one file.</summary>
    public static FuzzInput Of(string name, string content) => new(new Dictionary<string, byte[]> { [name] = System.Text.Encoding.UTF8.GetBytes(content) });

    /// <summary>An input of the files of a folder and its subfolders.</summary>
    public static FuzzInput Read(string folder) => new(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).ToDictionary(path => Path.GetRelativePath(folder, path), File.ReadAllBytes));

    /// <summary>The same files with another content of one.</summary>
    public FuzzInput With(string name, byte[] content) => new(new Dictionary<string, byte[]>(files) { [name] = content });

    /// <summary>Writes the files to a folder and returns its path.</summary>
    public string WriteTo(string folder)
    {
        foreach (var (name, content) in files)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        return folder;
    }

    /// <summary>Deletes the temporary folder if there is one.</summary>
    public void Delete()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
            _folder = null;
        }
    }
}
