using Semblance.Tensors;
using Semblance.Transformers.Bert;

namespace Semblance.Benchmarks;

/// <summary>Real sentences to vectors, tokenization included, as a share of the machine's limit.</summary>
internal static class EncodeBenchmark
{
    public static void Run()
    {
        var sentences = BenchmarkData.Sentences();
        Console.WriteLine($"{"model",-12}{"sentences",10}{"tokens",10}{"threads",9}{"seconds",9}{"sent./s",10}{"GF/s",9}{"of peak",10}{"tokenizing",12}");
        Measure("MiniLM-L6", BenchmarkData.MiniLm, sentences[..1000]);
        Measure("MiniLM-L6", BenchmarkData.MiniLm, sentences);
        Measure("BERT-base", BenchmarkData.BertBase, sentences[..250]);
        Measure("BERT-base", BenchmarkData.BertBase, sentences[..1000]);
    }

    private static void Measure(string name, BertConfig config, string[] sentences)
    {
        var model = BenchmarkData.Model(config);
        var counts = model.Encode(sentences).TokenCounts;
        var operations = BenchmarkData.Operations(config, counts);
        foreach (var threads in new[] { 1, Workers.Shared.Count })
        {
            var options = new EncodeOptions { MaxThreads = threads };
            var (share, speed) = Measurement.ShareOfPeak(operations, threads, () => model.Encode(sentences, options), runs: 3);
            var seconds = operations / speed;
            var tokenizing = Measurement.Seconds(
                () => Workers.Shared.For(sentences.Length / 50, threads, chunk => Tokenize(model, sentences.AsSpan(chunk * 50, 50))), runs: 3);
            Console.WriteLine(
                $"{name,-12}{sentences.Length,10}{counts.Sum(),10}{threads,9}{seconds,9:F2}{sentences.Length / seconds,10:F0}{speed / 1e9,9:F1}{share,10:P1}{tokenizing / seconds,12:P1}");
        }
    }

    private static void Tokenize(SentenceTransformer model, ReadOnlySpan<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            model.Tokenizer.Count(sentence);
        }
    }
}
