using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Benchmarks;

/// <summary>
/// Sixty-five hours to seconds: the most similar pairs among n sentences with vectors, beside what a cross-encoder
/// would take, which must read every pair. Its rate is measured: BERT-base over both sentences, and a linear layer.
/// </summary>
internal static class MiningBenchmark
{
    private const int MeasuredPairs = 300;

    public static void Run()
    {
        var sentences = BenchmarkData.Sentences();
        var model = BenchmarkData.Model(BenchmarkData.MiniLm);
        var pairsPerSecond = CrossEncoderRate(sentences);
        Console.WriteLine($"a BERT-base cross-encoder reads {pairsPerSecond:F1} pairs a second on {Workers.Shared.Count} threads (median over {MeasuredPairs} pairs)");
        Console.WriteLine($"{"sentences",10}{"pairs",14}{"encode",10}{"compare",11}{"all",10}{"cross-encoder",16}");
        foreach (var count in new[] { 1_000, 3_000, 10_000 })
        {
            var embeddings = model.Encode(sentences[..count]);
            var encode = Measurement.Time(() => embeddings = model.Encode(sentences[..count]));
            var options = new MiningOptions { MaxPairs = 1000 };
            var compare = Measurement.Seconds(() => ParaphraseMining.Mine(embeddings.Vectors, options), runs: 5);
            var pairs = (long)count * (count - 1) / 2;
            Console.WriteLine($"{count,10:N0}{pairs,14:N0}{encode,8:F2} s{compare * 1e3,8:F1} ms{encode + compare,8:F2} s{TimeSpan.FromSeconds(pairs / pairsPerSecond).TotalHours,14:F1} h");
        }
    }

    private static double CrossEncoderRate(string[] sentences)
    {
        var tokenizer = BenchmarkData.Tokenizer();
        var bert = BertModel.CreateRandom(BenchmarkData.BertBase, seed: 1);
        var pairs = Enumerable.Range(0, MeasuredPairs).Select(i => tokenizer.Encode(sentences[i], sentences[^(i + 1)])).ToArray();
        var batches = pairs.Chunk(32).Select(chunk => PackedBatch.From([.. chunk.Select(pair => pair.Ids.ToArray())], [.. chunk.Select(pair => pair.TypeIds.ToArray())])).ToArray();
        var seconds = Measurement.Seconds(
            () => Workers.Shared.For(batches.Length, int.MaxValue, i =>
            {
                using var run = new Computation();
                bert.Pool(run, bert.Forward(run, batches[i]), batches[i]);
            }), runs: 3);
        return MeasuredPairs / seconds;
    }
}
