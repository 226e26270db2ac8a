using System.CommandLine;
using System.Runtime.CompilerServices;
using Semblance.Cli.Options;

namespace Semblance.Cli.Input;

/// <summary>Represents the texts of a command: arguments, or the lines of <c>--input</c>.</summary>
internal sealed class GivenTexts
{
    private readonly Argument<string[]> _texts = new("TEXT") { Description = "The texts", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", $"The texts, if none is an argument: {TextInput.Formats}, as is no option");
    private readonly TextColumn _column;

    /// <summary>Initializes a new instance of the <see cref="GivenTexts"/> class.</summary>
    /// <param name="command">The command to which the argument and the options are added.</param>
    public GivenTexts(Command command)
    {
        command.Add(_texts);
        command.Add(_input);
        _column = new TextColumn(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_texts) is { Length: > 0 } && result.GetResult(_input) is not null)
            {
                result.AddError("Give the texts as arguments or with --input, not both.");
            }
        });
    }

    /// <summary>Reads the texts.</summary>
    public async IAsyncEnumerable<string> ReadAsync(
        ParseResult arguments, Host host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_texts) is { Length: > 0 } given)
        {
            foreach (var text in given)
            {
                yield return text;
            }

            yield break;
        }

        using var lines = _column.Open(arguments, arguments.GetValue(_input), host);
        host.Encoded = (lines.Name, lines.Numbers);
        await foreach (var text in lines.TextsAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return text;
        }
    }
}
