using Semblance.Tensors;

namespace Semblance.Benchmarks;

/// <summary>The matrix products of MiniLM and BERT-base at 1,024 tokens, as a share of the machine's limit.</summary>
internal static class MatrixProductBenchmark
{
    private const int Tokens = 1024;
    private const int Runs = 41; // short ones: the median outlasts a neighbor

    public static void Run()
    {
        Console.WriteLine($"{"product",-20}{"one thread",14}{"of peak",10}{"two threads",14}{"of peak",10}{"speed-up",10}");
        foreach (var (inputs, outputs) in new[] { (384, 384), (384, 1536), (1536, 384), (768, 768), (768, 3072), (3072, 768) })
        {
            var layer = new Linear(Random(outputs, inputs), Random(outputs));
            var x = Random(Tokens, inputs);
            layer.Prepare();
            var operations = 2.0 * Tokens * inputs * outputs;
            var repeats = (int)Math.Max(1, 5e9 / operations); // long enough to time
            void Multiply(int threads)
            {
                for (var i = 0; i < repeats; i++)
                {
                    using var run = new Computation(threads);
                    run.Linear(x, layer);
                }
            }

            var (oneShare, one) = Measurement.ShareOfPeak(operations * repeats, 1, () => Multiply(1), Runs);
            var (twoShare, two) = Measurement.ShareOfPeak(operations * repeats, 2, () => Multiply(2), Runs);
            Console.WriteLine($"{$"{inputs} x {outputs}",-20}{one / 1e9,8:F1} GF/s{oneShare,10:P1}{two / 1e9,8:F1} GF/s{twoShare,10:P1}{two / one,10:F2}");
        }
    }

    private static Tensor Random(params int[] shape)
    {
        var random = new Random(1);
        var tensor = Tensor.Zeros(shape);
        foreach (ref var value in tensor.Writable)
        {
            value = random.NextSingle() - 0.5f;
        }

        return tensor;
    }
}
