using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Cli.Output;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>average</c>, which averages the weights of several trained models.</summary>
internal sealed class AverageCommand : CliCommand
{
    private readonly Argument<string[]> _models = new("MODEL")
    {
        Description = "The models, trained from the same one: folders or Hugging Face Hub ids",
        Arity = new ArgumentArity(2, 1000),
    };
    private readonly Option<string?> _output = NewOption.Text("--output", "FOLDER", "The folder of the new model");
    private readonly TaskOptions _tasks;

    public AverageCommand(Host host)
        : base(
            "average",
            "Averages the weights of several models of one architecture; with a task, adds a model only if the score does not fall "
            + "(greedy soup), and writes lines of model, score, score together and whether it was added",
            host)
    {
        _output.Required = true;
        Add(_models);
        Add(_output);
        _tasks = new TaskOptions(this, required: false);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var output = NewFolder.Check(arguments.GetValue(_output)!);
        var names = arguments.GetRequiredValue(_models);
        var folders = new List<string>();
        foreach (var name in names)
        {
            folders.Add(await ModelOption.FolderAsync(name, Host, cancellationToken).ConfigureAwait(false));
        }

        if (!_tasks.AreGiven(arguments))
        {
            ModelSoup.Average(folders, output);
            Host.Error.WriteLine($"wrote {output}: the mean of {folders.Count} models");
            return;
        }

        var (tasks, data) = _tasks.Of(arguments, Host.Error);
        IReadOnlyList<SoupIngredient> ingredients = [];
        await Host.WithProgressAsync("evaluating", bar => Task.Run(
            () => ingredients = ModelSoup.Greedy(folders, output, Score, bar, cancellationToken), cancellationToken)).ConfigureAwait(false);
        foreach (var (folder, alone, together, isTaken) in ingredients)
        {
            Host.Text.WriteLine(string.Join(
                '\t', names[folders.IndexOf(folder)], Numbers.Score((float)alone), Numbers.Score((float)together), isTaken ? "yes" : "no"));
        }

        Host.Error.WriteLine(
            $"wrote {output}: the mean of {ingredients.Count(ingredient => ingredient.IsTaken)} of {folders.Count} models");

        double Score(string folder)
        {
            ITrainableModel model = ModelKinds.Of(folder) switch
            {
                ModelKind.CrossEncoder => CrossEncoder.Load(folder),
                ModelKind.SparseEncoder => SparseEncoder.Load(folder),
                ModelKind.MultiVectorEncoder => MultiVectorEncoder.Load(folder),
                _ => SentenceTransformer.Load(folder),
            };
            return tasks.Average(task => task.Evaluate(model, data, null, cancellationToken).Metrics[task.Headline[0]]);
        }
    }
}
