using System.CommandLine;
using Semblance.Cli.Options;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>recipes</c>, which lists the bundled recipes, prints one, or copies all of them.</summary>
internal sealed class RecipesCommand : CliCommand
{
    private readonly Argument<string?> _name = new("NAME")
    {
        Description = "The recipe to print; without it, all are listed",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly Option<string?> _output = NewOption.Text(
        "--output", "FOLDER", "A new folder to copy all recipes and the sample data to");

    public RecipesCommand(Host host)
        : base("recipes", "Lists the bundled training recipes, prints one of them, or copies all to a folder", host)
    {
        Add(_name);
        Add(_output);
        Validators.Add(result =>
        {
            if (result.GetValue(_name) is not null && result.GetValue(_output) is not null)
            {
                result.AddError("--output copies all recipes; give no NAME with it.");
            }
        });
    }

    protected override Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var names = BundledRecipes.Names();
        if (names.Count == 0)
        {
            throw new DirectoryNotFoundException(
                $"{BundledRecipes.Folder}: the recipes are missing; copy the folder 'recipes' along with the command.");
        }

        if (arguments.GetValue(_output) is { } folder)
        {
            BundledRecipes.CopyTo(folder);
            Host.Text.WriteLine(folder);
        }
        else if (arguments.GetValue(_name) is { } name)
        {
            Host.Text.Write(names.Contains(name)
                ? BundledRecipes.Text(name)
                : throw new FileNotFoundException(
                    $"{name}: there is no recipe of that name; 'semblance recipes' lists them.{SimilarName.Question(name, names)}"));
        }
        else
        {
            var width = names.Max(other => other.Length) + 2;
            foreach (var recipe in names)
            {
                Host.Text.WriteLine(recipe.PadRight(width) + BundledRecipes.Summary(recipe));
            }
        }

        return Task.CompletedTask;
    }
}
