using System.Diagnostics;
using Semblance.Tensors;
using Semblance.Training;

namespace Semblance.Benchmarks;

/// <summary>
/// One step of training MiniLM-L6 on pairs of real sentences: both columns forward, the ranking loss, backward, clipping and AdamW, with
/// dropout and tokenization as in a real run. The backward pass counts twice the forward operations. A second table compares a step in
/// which the embeddings and the lower half of the layers are frozen.
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

        Console.WriteLine();
        Console.WriteLine($"{"pairs",6}{"trained",15}{"parameters",12}{"steps/s",9}{"activations",13}{"gradients",11}");
        CompareFrozen(64);
    }

    private static void Measure(int pairs)
    {
        var step = new Step(pairs, _ => true);
        var operations = 3 * BenchmarkData.Operations(BenchmarkData.MiniLm, step.TokenCounts);
        foreach (var threads in new[] { 1, Workers.Shared.Count })
        {
            var watch = new Stopwatch();
            var updates = new List<double>();
            void ThereAndBackOn()
            {
                On(threads, step.ThereAndBack);
                watch.Restart();
                On(threads, step.Update);
                updates.Add(watch.Elapsed.TotalSeconds);
            }

            var (share, speed) = Measurement.ShareOfPeak(operations, threads, ThereAndBackOn);
            var update = Measurement.Median(updates.Skip(updates.Count / 2));
            var seconds = operations / speed;
            Console.WriteLine(
                $"{pairs,6}{step.TokenCounts.Sum(),8}{threads,9}{1 / seconds,9:F2}{speed / 1e9,8:F0}{share,9:P1}{share * seconds / (seconds - update),16:P1}{update * 1e3,8:F1} ms{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6,10:F0} MB");
        }
    }

    // In turns, so that a slow moment of the machine meets both.
    private static void CompareFrozen(int pairs)
    {
        string[] lower =
        [
            "embeddings.",
            .. Enumerable.Range(0, BenchmarkData.MiniLm.NumHiddenLayers / 2).Select(layer => $"encoder.layer.{layer}."),
        ];
        (string Name, Step Step, List<double> Seconds)[] rows =
        [
            ("all", new Step(pairs, _ => true), []),
            ("upper half", new Step(pairs, name => !lower.Any(part => name.Contains(part, StringComparison.Ordinal))), []),
        ];
        for (var run = 0; run < 9; run++)
        {
            foreach (var (_, step, seconds) in rows)
            {
                seconds.Add(Measurement.Time(() =>
                {
                    step.ThereAndBack();
                    step.Update();
                }));
            }
        }

        foreach (var (name, step, seconds) in rows)
        {
            var trained = step.Trained.Sum(parameter => (long)parameter.Value.Length);
            Console.WriteLine(
                $"{pairs,6}{name,15}{trained / 1e6,10:F1} M{1 / Measurement.Median(seconds.Skip(2)),9:F2}{step.PeakBytes / 1e6,10:F0} MB{trained * sizeof(float) / 1e6,8:F0} MB");
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

    private sealed class Step
    {
        private readonly SentenceTransformer _model = BenchmarkData.Model(BenchmarkData.MiniLm);
        private readonly MultipleNegativesRankingLoss _loss = new();
        private readonly string[][] _columns;
        private readonly AdamW _optimizer;
        private ulong _seed;

        public Step(int pairs, Predicate<string> isTrained)
        {
            var sentences = BenchmarkData.Sentences();
            _columns = [sentences[..pairs], sentences[pairs..(2 * pairs)]];
            TokenCounts = [.. _columns.SelectMany(texts => texts).Select(text => _model.Tokenizer.Count(text))];
            Trained = [.. _model.Parameters().Where(parameter => isTrained(parameter.Name))];
            foreach (var parameter in Trained)
            {
                parameter.IsTrained = true;
            }

            _optimizer = new AdamW(ParameterGroups.From(Trained, weightDecay: 0.01));
        }

        public int[] TokenCounts { get; }

        public Parameter[] Trained { get; }

        /// <summary>The most bytes that activations and their gradients took at once.</summary>
        public long PeakBytes { get; private set; }

        public void ThereAndBack()
        {
            using var run = new Computation(recording: true, dropoutSeed: _seed++);
            run.Backward(_loss.Forward(run, new LossInput([.. _columns.Select(texts => _model.Forward(run, texts))])));
            PeakBytes = run.PeakBytes;
        }

        public void Update()
        {
            var gradients = _optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
            GradientClipping.ByGlobalNorm(gradients, 1);
            _optimizer.Step(gradients, 2e-5);
            foreach (var parameter in Trained)
            {
                parameter.Value.ClearGradient();
            }
        }
    }
}
