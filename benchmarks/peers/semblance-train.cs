#:project ../../src/Semblance.Training/Semblance.Training.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Semblance's part of compare-training.py: steps on pairs of texts, tokenization included. DOTNET_PROCESSOR_COUNT limits the threads.
using System.Diagnostics;
using System.Text.Json;
using Semblance;
using Semblance.Tensors;
using Semblance.Training;

var (folder, steps) = (args[0], int.Parse(args[1]));
using var pairs = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "pairs.json")));
string[][][] batches =
    [.. pairs.RootElement.EnumerateArray().Select(batch => batch.GetProperty("texts").EnumerateArray().Select(column => column.EnumerateArray().Select(text => text.GetString()!).ToArray()).ToArray())];
var model = SentenceTransformer.LoadTrainable(Path.Combine(folder, "model"));
Parameter[] parameters = [.. model.Parameters()];
foreach (var parameter in parameters)
{
    parameter.Value.RequiresGradient = true;
}

var optimizer = new AdamW(ParameterGroups.From(parameters, weightDecay: 0.01));
var loss = new MultipleNegativesRankingLoss();
var count = 0;

Console.WriteLine(JsonSerializer.Serialize(Enumerable.Range(0, 3).Select(_ => Step(dropout: false)).ToArray()));
while (Console.ReadLine() is not null)
{
    var watch = Stopwatch.StartNew();
    for (var i = 0; i < steps; i++)
    {
        Step(dropout: true);
    }

    Console.WriteLine(watch.Elapsed.TotalSeconds);
}

Console.WriteLine(Process.GetCurrentProcess().PeakWorkingSet64);

float Step(bool dropout)
{
    var batch = batches[count++ % batches.Length];
    float value;
    using (var run = new Computation(recording: true, dropoutSeed: dropout ? (ulong)count : null))
    {
        var result = loss.Forward(run, new LossInput([.. batch.Select(texts => model.Forward(run, texts))]));
        value = result.Values[0];
        run.Backward(result);
    }

    var gradients = optimizer.Parameters.Select(parameter => parameter.Value.Gradient).ToArray();
    GradientClipping.ByGlobalNorm(gradients, 1);
    optimizer.Step(gradients, 2e-5);
    foreach (var parameter in parameters)
    {
        parameter.Value.ClearGradient();
    }

    return value;
}
