using System.IO.Compression;
using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Tokenizers;
using Semblance.Transformers.Bert;

namespace Semblance.Benchmarks;

/// <summary>The texts and models that benchmarks run on.</summary>
internal static class BenchmarkData
{
    /// <summary>The 6-layer, 384-wide, 12-head encoder of all-MiniLM-L6-v2, with random weights.</summary>
    public static BertConfig MiniLm { get; } = new() { HiddenSize = 384, NumHiddenLayers = 6, NumAttentionHeads = 12, IntermediateSize = 1536 };

    /// <summary>BERT-base, with random weights.</summary>
    public static BertConfig BertBase { get; } = new();

    /// <summary>The folder with data sets and vocabularies: <c>SEMBLANCE_SHARED</c>, or <c>shared</c> beside the repository.</summary>
    public static string Shared { get; } = FindShared();

    /// <summary>Ten thousand real sentences, 66 characters long on average.</summary>
    public static string[] Sentences()
    {
        using var file = File.OpenRead(Path.Combine(Shared, "data", "speed", "sentences-10k.txt.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The vocabulary of bert-base-uncased: 30,522 words.</summary>
    public static Tokenizer Tokenizer() => Tokenizers.Tokenizer.CreateBert(File.ReadAllLines(Path.Combine(Shared, "fixtures", "tokenizers", "bert-base-uncased", "vocab.txt")));

    /// <summary>A sentence encoder with mean pooling, normalized.</summary>
    public static SentenceTransformer Model(BertConfig config)
    {
        var transformer = new TransformerModule(Tokenizer(), BertModel.CreateRandom(config, seed: 1), maxSequenceLength: 256);
        return new SentenceTransformer([transformer, new PoolingModule(config.HiddenSize, [Pooling.Mean]), new NormalizeModule()]);
    }

    /// <summary>The floating-point operations that the matrix products of these texts take: linear layers, and attention over each text's own tokens.</summary>
    public static double Operations(BertConfig config, IEnumerable<int> tokenCounts)
    {
        double linear = config.NumHiddenLayers * ((4.0 * config.HiddenSize * config.HiddenSize) + (2.0 * config.HiddenSize * config.IntermediateSize));
        double attention = config.NumHiddenLayers * 2.0 * config.HiddenSize;
        return tokenCounts.Sum(count => 2 * ((count * linear) + ((double)count * count * attention)));
    }

    private static string FindShared()
    {
        if (Environment.GetEnvironmentVariable("SEMBLANCE_SHARED") is { } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(Path.Combine(folder.FullName, "shared", "data")))
            {
                return Path.Combine(folder.FullName, "shared");
            }
        }

        throw new DirectoryNotFoundException("The benchmarks read real sentences from a folder 'shared' beside the repository; name another with SEMBLANCE_SHARED.");
    }
}
