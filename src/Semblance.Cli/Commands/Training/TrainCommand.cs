using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Training.Recipes;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>train</c>, which trains a model as a recipe describes.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly Argument<string> _recipe = new("RECIPE")
    {
        Description = "The recipe: a YAML file, or the name of a bundled recipe, which 'semblance recipes' lists",
    };
    private readonly Option<string?> _data = NewOption.Text(
        "--data", "FOLDER",
        "The folder of the recipe's data files; default: the current folder, or the sample data for the recipes sample/…");
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The output folder, instead of the one in the recipe");
    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Changes a setting of the recipe, as in rate=1e-4 or datasets.0.batch-size=64",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };
    private readonly Option<bool> _resume = new("--resume")
    {
        Description = "Resumes the training of this recipe from its last checkpoint, bit for bit",
    };
    private readonly Option<bool> _allowChanges = new("--allow-changes")
    {
        Description = "With --resume: resumes even if data or settings have changed",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Restarts the training and overwrites an existing one" };

    public TrainCommand(Host host)
        : base("train", "Trains a model with a recipe", host)
    {
        Add(_recipe);
        Add(_data);
        Add(_output);
        Add(_set);
        Add(_resume);
        Add(_allowChanges);
        Add(_overwrite);
        Validators.Add(result =>
        {
            foreach (var change in result.GetValue(_set) ?? [])
            {
                if (change.IndexOf('=', StringComparison.Ordinal) < 1)
                {
                    result.AddError($"--set needs KEY=VALUE, not '{change}'.");
                }
            }

            if (result.GetValue(_resume) && result.GetValue(_overwrite))
            {
                result.AddError("--resume continues a training, --overwrite restarts it; use one of them.");
            }

            if (result.GetValue(_allowChanges) && !result.GetValue(_resume))
            {
                result.AddError("--allow-changes requires --resume.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_recipe);
        var file = BundledRecipes.Find(name, out var data);
        data = arguments.GetValue(_data) ?? data;
        var recipe = Recipe.Load(file, new RecipeOptions
        {
            DataFolder = data,
            Output = arguments.GetValue(_output),
            Settings =
            [
                .. arguments.GetValue(_set)!
                    .Select(change => change.Split('=', 2))
                    .Select(parts => KeyValuePair.Create(parts[0], parts[1])),
            ],
        });
        if (recipe.FindMissingFiles() is { Count: > 0 } missing)
        {
            throw new FileNotFoundException(
                $"{name}: {Missing(missing)}. Paths of data are relative to --data, which is '{data}'; recipes/README.md names the "
                + "data sets of the bundled recipes. The recipes sample/… need no data of yours.");
        }

        if (recipe.Kind != RecipeKind.Model)
        {
            await RunPartAsync(recipe, cancellationToken).ConfigureAwait(false);
            return;
        }

        var options = new RecipeRunOptions
        {
            Resume = arguments.GetValue(_resume),
            AllowChanges = arguments.GetValue(_allowChanges),
            Overwrite = arguments.GetValue(_overwrite),
        };
        if (!options.Resume && !options.Overwrite && recipe.Variants.FirstOrDefault(variant => variant.HasCheckpoint) is { } trained)
        {
            throw new IOException(
                $"{trained.Output}: the folder contains a training; use --resume to continue it, --overwrite to restart it, "
                + "or --output for another folder.");
        }

        foreach (var variant in recipe.Variants)
        {
            if (variant.Name.Length > 0)
            {
                Host.Error.WriteLine($"— {variant.Name}");
            }

            var result = await TrainAsync(variant, options, cancellationToken).ConfigureAwait(false);
            string?[] columns = [variant.Name, result.Output, result.Score is { } best ? Numbers.Invariant($"{100 * best:F2}") : null];
            Host.Text.WriteLine(string.Join('\t', columns.Where(column => !string.IsNullOrEmpty(column))));
            Host.Text.Flush();
        }
    }

    // What is missing, each with the recipe that writes it.
    private static string Missing(IReadOnlyList<string> paths)
    {
        const int Most = 5;
        var named = paths.Take(Most).Select(
            path => BundledRecipes.WriterOf(path) is { } writer ? $"{path} ('semblance train {writer}' writes it)" : path);
        return $"the recipe needs what does not exist: {string.Join(", ", named)}"
            + (paths.Count > Most ? Numbers.Invariant($" and {paths.Count - Most} more") : "");
    }

    private async Task RunPartAsync(Recipe recipe, CancellationToken cancellationToken)
    {
        await Host.WithProgressAsync(recipe.Kind == RecipeKind.TeacherVectors ? "encoding" : "learning words", async bar =>
        {
            var result = await recipe.RunAsync(
                progress: new TrainingProgress(bar, Host.Error), cancellationToken: cancellationToken).ConfigureAwait(false);
            Host.Error.WriteLine(
                result.TextCount is { } texts ? Numbers.Invariant($"{texts:N0} texts") : Numbers.Invariant($"{result.TokenCount:N0} tokens"));
        }).ConfigureAwait(false);
        Host.Text.WriteLine(recipe.Output);
    }

    private async Task<RecipeResult> TrainAsync(Recipe recipe, RecipeRunOptions options, CancellationToken cancellationToken)
    {
        var training = await recipe.PrepareAsync(options, cancellationToken).ConfigureAwait(false);
        Host.Warn(training.Warnings);
        if (options.Resume)
        {
            Compare(training);
        }

        foreach (var dataset in training.Datasets)
        {
            Host.Error.WriteLine(
                Numbers.Invariant($"{dataset.Name}: {dataset.Rows.Count:N0} ")
                + Numbers.Invariant($"rows{(dataset.Skipped > 0 ? $", {dataset.Skipped:N0} invalid rows skipped" : "")}"));
        }

        if (training.Adapter is { } adapter)
        {
            var all = training.Model.Parameters().Sum(parameter => (double)parameter.Value.Length);
            Host.Error.WriteLine(Numbers.Invariant(
                $"adapter: {adapter.Config.PeftType}, {adapter.ParameterCount:N0} parameters, {adapter.ParameterCount / all:P2} of all"));
        }

        if (training.EvaluateBefore(cancellationToken) is { } before)
        {
            Host.Error.WriteLine($"before: {TrainingProgress.Describe(before)}");
        }

        if (training.FirstStep is > 0 and var first)
        {
            Host.Error.WriteLine(Numbers.Invariant($"resuming from step {first:N0}"));
        }

        try
        {
            var result = new RecipeResult(recipe.Output);
            await Host.WithProgressAsync("training", async bar =>
                result = await training.RunAsync(
                    new TrainingProgress(bar, Host.Error, training.Options.Steps),
                    cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            return result;
        }
        catch (OperationCanceledException)
        {
            Host.Error.WriteLine($"stopped; the same command with --resume continues from {recipe.Output}");
            throw;
        }
    }

    // Before anything is computed: checks that the checkpoint belongs to this training.
    private void Compare(RecipeTraining training)
    {
        foreach (var note in training.Notes)
        {
            Host.Error.WriteLine($"note: {note}");
        }

        var changes = training.Trainer.FindChanges();
        if (changes.Count > 0 && !training.Options.AllowChanges)
        {
            throw new InputException(
                training.Options.Folder!, $"the checkpoint is of a training that differs in {string.Join("; ", changes)}. "
                + "Use the previous data and settings, --allow-changes to continue with the current ones, or --overwrite to restart.");
        }

        foreach (var change in changes)
        {
            Host.Error.WriteLine($"note: changed since the checkpoint: {change}");
        }
    }
}
