using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Cli.Output;
using Semblance.Files;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>similarity</c>, which computes the similarity of two sentences, or of each pair of a file.</summary>
internal sealed class SimilarityCommand : CliCommand
{
    private readonly Argument<string?> _a = new("A") { Description = "The first sentence", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string?> _b = new("B") { Description = "The second sentence", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", "The pairs: two tab-separated texts per line; may be .gz; '-' for standard input");
    private readonly EncodingOptions _encoding;

    public SimilarityCommand(Host host)
        : base(
            "similarity", "Computes the similarity of two sentences, or of each pair of a file, with the model's similarity function", host)
    {
        Add(_a);
        Add(_b);
        Add(_input);
        _encoding = new EncodingOptions(this);
        Validators.Add(result =>
        {
            var sentences = new[] { _a, _b }.Count(sentence => result.GetResult(sentence)?.Tokens.Count > 0);
            if (sentences != (result.GetResult(_input) is null ? 2 : 0))
            {
                result.AddError("Give two sentences, or a file of pairs with --input.");
            }
        });
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = arguments.GetValue(_input) is { } path ? TextInput.Open(path, Host) : null;
        var encoder = await _encoding.LoadAsync(arguments, Host, cancellationToken).ConfigureAwait(false);
        var texts = lines is null
            ? new[] { arguments.GetValue(_a)!, arguments.GetValue(_b)! }.ToAsyncEnumerable()
            : Texts(lines, cancellationToken);
        float[]? first = null;
        await foreach (var encoded in encoder.EncodeAsync(texts, cancellationToken).ConfigureAwait(false))
        {
            if (first is null)
            {
                first = encoder.Restore(encoded).ToArray();
            }
            else
            {
                Host.Text.WriteLine(
                    Numbers.Score(Similarity.Of(first, encoder.Restore(encoded).Span, encoder.Model.Config.SimilarityFunction)));
                first = null;
            }
        }
    }

    // Reads each pair as two consecutive texts.
    private static async IAsyncEnumerable<string> Texts(
        TextLines lines, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var (first, second) = lines.Pair(line);
            yield return first;
            yield return second;
        }
    }
}
