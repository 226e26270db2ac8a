using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Cli.Recipes;
using Semblance.Training;

namespace Semblance.Cli.Commands;

/// <summary><c>train</c>: a recipe, a model that has learned what it says.</summary>
internal sealed class TrainCommand : CliCommand
{
    private readonly Argument<string> _recipe = new("RECIPE") { Description = "A recipe, a YAML file; those in recipes/ explain themselves" };
    private readonly Option<string?> _data = NewOption.Text("--data", "FOLDER", "What the recipe's data files are relative to; default the current folder");
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "Where to write, instead of where the recipe says");
    private readonly Option<string[]> _set = new("--set") { Description = "Changes a setting of the recipe, as in rate=1e-4 or datasets.0.batch-size=64", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on where a training of this recipe stopped, bit for bit" };
    private readonly Option<bool> _allowChanges = new("--allow-changes") { Description = "With --resume, go on although data or settings are not those of before" };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Begin anew where a training lies already" };

    public TrainCommand(Host host)
        : base("train", "Train a model as a recipe says", host)
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
                result.AddError("--resume goes on, --overwrite begins anew; give one of them.");
            }

            if (result.GetValue(_allowChanges) && !result.GetValue(_resume))
            {
                result.AddError("--allow-changes is for --resume.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var changes = arguments.GetValue(_set)!.Select(change => change.Split('=', 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])).ToArray();
        var (path, data, output) = (arguments.GetRequiredValue(_recipe), arguments.GetValue(_data) ?? ".", arguments.GetValue(_output));
        if (RecipeNode.Read(path) is var root && (root.Find("vocabulary") ?? root.Find("word-vectors")) is not null)
        {
            await LearnWordsAsync(root, data, output ?? root.Get("output").Text(), cancellation).ConfigureAwait(false);
            return;
        }

        var variants = Recipe.Read(path, data, output, changes);
        var resume = arguments.GetValue(_resume);
        foreach (var (_, recipe) in variants)
        {
            if (TrainingCheckpoint.Exists(recipe.Output) && !resume && !arguments.GetValue(_overwrite))
            {
                throw new IOException($"{recipe.Output}: there is a training already; --resume goes on with it, --overwrite begins anew, --output names another folder.");
            }
        }

        foreach (var (name, recipe) in variants)
        {
            if (name.Length > 0)
            {
                Host.Error.WriteLine($"— {name}");
            }

            var score = await TrainAsync(recipe, resume, arguments.GetValue(_allowChanges), cancellation).ConfigureAwait(false);
            Host.Text.WriteLine(string.Join('\t', (string[])[.. name.Length > 0 ? [name] : Array.Empty<string>(), recipe.Output, .. score is { } best ? [Numbers.Invariant($"{100 * best:F2}")] : Array.Empty<string>()]));
            Host.Text.Flush();
        }
    }

    // Before anything is computed: whether the checkpoint is of this training.
    private void Compare(Recipe recipe, Trainer trainer, bool allowChanges)
    {
        if (!TrainingCheckpoint.Exists(recipe.Output))
        {
            return;
        }

        if (TrainingCheckpoint.Fingerprint(recipe.Output) is null)
        {
            Host.Error.WriteLine("note: the checkpoint is of an earlier version and does not say what it was trained with; whether data or settings differ cannot be told");
        }

        if (TrainingCheckpoint.Version(recipe.Output) is { } version && version != TrainingCheckpoint.CurrentVersion)
        {
            Host.Error.WriteLine($"note: the checkpoint was written by version {version}, and goes on with version {TrainingCheckpoint.CurrentVersion}");
        }

        var changes = trainer.FindChanges();
        if (changes.Count > 0 && !allowChanges)
        {
            throw new InputException(recipe.Output, $"the checkpoint is of a training that differs from this one in {string.Join("; ", changes)}. "
                + "Use the data and settings of before; --allow-changes goes on with those of now, --overwrite begins anew.");
        }

        foreach (var change in changes)
        {
            Host.Error.WriteLine($"note: changed since the checkpoint: {change}");
        }
    }

    private async Task LearnWordsAsync(RecipeNode recipe, string data, string output, CancellationToken cancellation)
    {
        await Host.WithProgressAsync("learning words", bar => Task.Run(() =>
        {
            var tokens = recipe.Find("vocabulary") is not null
                ? RecipeVocabulary.Learn(recipe, data, output, bar, cancellation)
                : RecipeWordVectors.Learn(recipe, data, output, bar, cancellation);
            Host.Error.WriteLine(Numbers.Invariant($"{tokens:N0} tokens"));
        }, cancellation)).ConfigureAwait(false);
        Host.Text.WriteLine(output);
    }

    // Returns the best score, if there is an evaluation.
    private async Task<double?> TrainAsync(Recipe recipe, bool resume, bool allowChanges, CancellationToken cancellation)
    {
        var training = await recipe.PrepareAsync(allowChanges, cancellation).ConfigureAwait(false);
        Host.Warn(training.Model switch
        {
            SentenceTransformer encoder => encoder.Warnings,
            CrossEncoder crossEncoder => crossEncoder.Warnings,
            _ => [],
        });
        if (resume)
        {
            Compare(recipe, training.Trainer, allowChanges);
        }
        else
        {
            TrainingCheckpoint.Delete(recipe.Output); // or a kill before the first new one would leave the old to go on from
        }

        foreach (var dataset in training.Datasets)
        {
            Host.Error.WriteLine(Numbers.Invariant($"{dataset.Name}: {dataset.Rows.Count:N0} rows{(dataset.Skipped > 0 ? $", {dataset.Skipped:N0} broken ones left out" : "")}"));
        }

        var results = new List<StageResult>();
        if (training.Evaluator?.Evaluate(training.Model, cancellation) is { } before)
        {
            results.Add(new StageResult("before training", before));
            Host.Error.WriteLine($"before: {TrainingProgress.Describe(before)}");
        }

        var first = resume ? TrainingCheckpoint.Steps(recipe.Output) : 0;
        if (first > 0)
        {
            Host.Error.WriteLine(Numbers.Invariant($"going on from step {first:N0}"));
        }

        var score = double.NegativeInfinity;
        try
        {
            await Host.WithProgressAsync("training", bar => Task.Run(() =>
            {
                using var log = new TrainingLog(recipe.Output, first);
                using var board = new TensorBoardWriter(recipe.Output, first);
                var progress = new TrainingProgress(training.Options.Steps, bar, Host.Error, [log, board]);
                score = training.Trainer.Train(resume, progress, cancellation);
            }, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Host.Error.WriteLine($"stopped; the same command with --resume goes on from {recipe.Output}");
            throw;
        }

        var steps = TrainingLog.Load(recipe.Output);
        if (steps.Select(step => step.Evaluation).OfType<EvaluationResult>().ToArray() is [.., var last] evaluations)
        {
            results.Add(new StageResult("trained", training.Options.KeepBest ? evaluations.MaxBy(evaluation => evaluation.PrimaryScore)! : last));
        }

        var summary = recipe.Summarize(training, results) with { Warnings = [.. steps.Select(step => step.Warning).OfType<TrainingWarning>()] };
        TrainingReport.Save(recipe.Output, summary);
        ModelCard.Save(recipe.Output, summary, training.Model);
        return training.Evaluator is null ? null : score;
    }
}
