using Semblance.Modules;
using Semblance.Tensors;
using Semblance.Transformers;

namespace Semblance.Benchmarks;

/// <summary>One text of growing length through models for long texts, on all threads: its time, and the memory that must grow with it and not with its square.</summary>
internal static class LongInputsBenchmark
{
    private const int Longest = 8192;

    public static void Run()
    {
        var tokenizer = BenchmarkData.Tokenizer();
        var words = string.Join(' ', BenchmarkData.Sentences().Take(1000));
        var ids = tokenizer.Encode(words).Ids.ToArray();
        Console.WriteLine($"{"model",-12}{"tokens",8}{"ms",10}{"tokens/s",11}{"activations, MB",17}{"KB a token",12}{"process, MB",13}{"files, MB",11}");
        foreach (var architecture in new[] { "modernbert", "nomic_bert", "qwen3" })
        {
            var sizes = new ModelSizes { VocabSize = tokenizer.VocabularySize, MaxPositionEmbeddings = Longest, Dropout = 0 };
            using var folder = new SavedModel(new SentenceTransformer(
                [new TransformerModule(tokenizer, Transformer.CreateRandom(architecture, sizes, seed: 1), Longest), new PoolingModule(sizes.HiddenSize, [Pooling.Mean])]));
            var transformer = Transformer.Load(folder.Path);
            foreach (var length in new[] { 512, 2048, Longest })
            {
                var batch = PackedBatch.From([ids[..length]]);
                long activations = 0;
                var seconds = Measurement.Seconds(
                    () =>
                    {
                        using var run = new Computation();
                        transformer.Forward(run, batch);
                        activations = run.PeakBytes;
                    },
                    runs: 5);
                var process = ProcessBytes(folder.Path, tokenizer.Decode(ids.AsSpan(1, length - 2)));
                Console.WriteLine(
                    $"{architecture,-12}{length,8:N0}{seconds * 1e3,10:N0}{length / seconds,11:N0}{activations / 1e6,17:F1}{activations / 1e3 / length,12:F1}{process / 1e6,13:F0}{folder.Bytes / 1e6,11:F0}");
            }
        }
    }

    private static long ProcessBytes(string model, string text)
    {
        var folder = Directory.CreateTempSubdirectory("semblance-");
        try
        {
            var (input, output) = (Path.Combine(folder.FullName, "input.txt"), Path.Combine(folder.FullName, "output.npy"));
            File.WriteAllText(input, text);
            return MemoryBenchmark.PeakBytes("encode", "--model", model, "--input", input, "--output", output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
