using Semblance.Transformers.Bert;

namespace Semblance.Benchmarks;

/// <summary>A model folder with random weights, removed at the end.</summary>
internal sealed class SavedModel : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public SavedModel(BertConfig config)
        : this(BenchmarkData.Model(config))
    {
    }

    public SavedModel(SentenceTransformer model) => model.Save(_folder.FullName);

    public string Path => _folder.FullName;

    public long Bytes => _folder.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    public void Dispose() => _folder.Delete(recursive: true);
}
