namespace Semblance.Benchmarks;

/// <summary>One short sentence on one core, the model warm; and the time to load the model.</summary>
internal static class LatencyBenchmark
{
    public static void Run()
    {
        Console.WriteLine($"{"model",-12}{"tokens",8}{"one sentence",16}{"load",12}");
        foreach (var (name, config) in new[] { ("MiniLM-L6", BenchmarkData.MiniLm), ("BERT-base", BenchmarkData.BertBase) })
        {
            using var folder = new SavedModel(config);
            var load = Measurement.Seconds(() => SentenceTransformer.Load(folder.Path), runs: 5);
            var model = SentenceTransformer.Load(folder.Path);
            foreach (var text in new[] { "How do I reset my password?", "The committee postponed its decision until the members had read the report in full." })
            {
                var options = new EncodeOptions { MaxThreads = 1 };
                for (var i = 0; i < 200; i++)
                {
                    model.Encode(text, options); // the runtime compiles the loops again when they have proved hot
                }

                var seconds = Measurement.Seconds(() => model.Encode(text, options), runs: 101);
                Console.WriteLine($"{name,-12}{model.Tokenizer.Count(text),8}{seconds * 1e3,13:F2} ms{load * 1e3,9:F0} ms");
            }
        }
    }
}
