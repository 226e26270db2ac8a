using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>
/// Encoding in float32, bfloat16 and int8: the processor time of each beside float32's, in turns, and the cosine of each vector with its
/// float32 twin. <c>SEMBLANCE_BENCHMARK_MODEL</c> names the folder of the model; without it, MiniLM-L6 with random weights.
/// </summary>
internal static class ComputeTypeBenchmark
{
    private const int Rounds = 5;
    private static readonly ComputeType[] Types = Enum.GetValues<ComputeType>();

    public static void Run()
    {
        var named = Environment.GetEnvironmentVariable("SEMBLANCE_BENCHMARK_MODEL");
        using var random = named is null ? new SavedModel(BenchmarkData.MiniLm) : null;
        var folder = named ?? random!.Path;
        var models = Types.ToDictionary(type => type, type => SentenceTransformer.Load(folder, type));
        var sentences = BenchmarkData.Sentences();
        Console.WriteLine($"{"sentences",10}{"threads",9}{"type",10}{"seconds",9}{"sent./s",10}{"processor s",13}{"speed-up",10}");
        foreach (var count in new[] { 1000, 10_000 })
        {
            foreach (var threads in new[] { 1, 2 })
            {
                Speed(models, sentences[..count], threads);
            }
        }

        Console.WriteLine();
        Console.WriteLine($"{"cosine",-10}{"mean",9}{"minimum",9}{"0.1 %",9}{"1 %",9}{"10 %",9}{"median",9}");
        var exact = Vectors(models[ComputeType.Float32], sentences);
        foreach (var type in Types[1..])
        {
            var cosines = Similarity.Pairwise(Vectors(models[type], sentences), exact).Order().ToArray();
            float Part(int share) => cosines[cosines.Length / share];
            Console.WriteLine(
                $"{type,-10}{cosines.Average(),9:F5}{cosines[0],9:F5}{Part(1000),9:F5}{Part(100),9:F5}{Part(10),9:F5}{Part(2),9:F5}");
        }
    }

    // The types take turns, so that a drift of the machine's speed reaches all of them.
    private static void Speed(Dictionary<ComputeType, SentenceTransformer> models, string[] sentences, int threads)
    {
        var options = new EncodeOptions { MaxThreads = threads };
        var seconds = Types.ToDictionary(type => type, _ => new List<double>());
        var processor = Types.ToDictionary(type => type, _ => new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var type in Types)
            {
                var time = 0.0;
                var used = Measurement.ProcessorTime(() => time = Measurement.Time(() => models[type].Encode(sentences, options)));
                if (round > 0)
                {
                    seconds[type].Add(time);
                    processor[type].Add(used);
                }
            }
        }

        var float32 = Measurement.Median(processor[ComputeType.Float32]);
        foreach (var type in Types)
        {
            var (time, used) = (Measurement.Median(seconds[type]), Measurement.Median(processor[type]));
            Console.WriteLine(
                $"{sentences.Length,10}{threads,9}{type,10}{time,9:F2}{sentences.Length / time,10:F0}{used,13:F2}{float32 / used,10:F2}");
        }
    }

    private static Tensor Vectors(SentenceTransformer model, string[] sentences) => model.Encode(sentences).Vectors;
}
