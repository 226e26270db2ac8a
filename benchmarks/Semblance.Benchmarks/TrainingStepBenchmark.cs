using System.Diagnostics;
using Semblance.Tensors;
using Semblance.Training;

namespace Semblance.Benchmarks;

/// <summary>
/// One step of training MiniLM-L6 on pairs of real sentences: both columns forward, the ranking loss, back, clipping and AdamW,
/// with dropout and tokenization as in a real run. The way back counts twice the forward operations.
/// </summary>
internal static class TrainingStepBenchmark
{
    public static void Run()
    {
        Console.WriteLine($"{"pairs",6}{"tokens",8}{"threads",9}{"steps/s",9}{"GF/s",8}{"of peak",9}{"there and back",16}{"update",11}{"peak so far",13}");
        foreach (var pairs in new[] { 16, 64, 256 })
        {
            Measure(pairs);
        }
    }

    private static void Measure(int pairs)
    {
        var sentences = BenchmarkData.Sentences();
        string[][] columns = [sentences[..pairs], sentences[pairs..(2 * pairs)]];
        var model = BenchmarkData.Model(BenchmarkData.MiniLm);
        Parameter[] parameters = [.. model.Parameters()];
        foreach (var parameter in parameters)
        {
            parameter.Value.RequiresGradient = true;
        }

        var optimizer = new AdamW(ParameterGroups.From(parameters, weightDecay: 0.01));
        var loss = new MultipleNegativesRankingLoss();
        var counts = columns.SelectMany(texts => texts).Select(text => model.Tokenizer.Count(text)).ToArray();
        var operations = 3 * BenchmarkData.Operations(BenchmarkData.MiniLm, counts);
        ulong step = 0;

        void ThereAndBack()
        {
            using var run = new Computation(recording: true, dropoutSeed: step++);
            run.Backward(loss.Forward(run, new LossInput([.. columns.Select(texts => model.Forward(run, texts))])));
        }

        void Update()
        {
            var gradients = optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
            GradientClipping.ByGlobalNorm(gradients, 1);
            optimizer.Step(gradients, 2e-5);
            foreach (var parameter in parameters)
            {
                parameter.Value.ClearGradient();
            }
        }

        foreach (var threads in new[] { 1, Workers.Shared.Count })
        {
            var watch = new Stopwatch();
            var updates = new List<double>();
            void ThereAndBackOn()
            {
                On(threads, ThereAndBack);
                watch.Restart();
                On(threads, Update);
                updates.Add(watch.Elapsed.TotalSeconds);
            }

            var (share, speed) = Measurement.ShareOfPeak(operations, threads, ThereAndBackOn);
            var update = Measurement.Median(updates.Skip(updates.Count / 2));
            var seconds = operations / speed;
            Console.WriteLine(
                $"{pairs,6}{counts.Sum(),8}{threads,9}{1 / seconds,9:F2}{speed / 1e9,8:F0}{share,9:P1}{share * seconds / (seconds - update),16:P1}{update * 1e3,8:F1} ms{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6,10:F0} MB");
        }
    }

    // What runs inside a job stays on its thread.
    private static void On(int threads, Action action)
    {
        if (threads == 1 && Workers.Shared.Count > 1)
        {
            Workers.Shared.For(2, 2, item =>
            {
                if (item == 0)
                {
                    action();
                }
            });
        }
        else
        {
            action();
        }
    }
}
