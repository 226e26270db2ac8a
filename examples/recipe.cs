#:project ../src/Semblance.Training/Semblance.Training.csproj
#:project ../src/Semblance.Models.Mini/Semblance.Models.Mini.csproj
#:property PublishAot=false

// Runs a training recipe: dotnet run examples/recipe.cs [recipe.yaml] [folder of its data]. Ctrl-C stops it.
// RecipeRunOptions.Resume continues a stopped training.
using Semblance.Training.Recipes;

var recipe = Recipe.Load(args.ElementAtOrDefault(0) ?? "examples/recipe.yaml", new RecipeOptions
{
    DataFolder = args.ElementAtOrDefault(1) ?? ".",
    Settings = [new("steps", "50"), new("rate", "5e-4")],
});

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};

try
{
    var result = await recipe.RunAsync(new RecipeRunOptions { Overwrite = true }, new LossReport(), stop.Token);
    Console.WriteLine($"{result.Output}: model, report.html and README.md");
}
catch (OperationCanceledException)
{
    Console.WriteLine($"Stopped; {recipe.Output} has a checkpoint to resume from.");
}

internal sealed class LossReport : IProgress<RecipeProgress>
{
    public void Report(RecipeProgress value)
    {
        if (value.Step is { } step && step.Step % 10 == 0)
        {
            Console.WriteLine($"{value.Completed,4:P0}  loss {step.Loss:F4}  learning rate {step.LearningRate:G3}");
        }
    }
}
