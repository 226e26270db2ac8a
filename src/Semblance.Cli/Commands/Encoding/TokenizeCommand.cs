using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files.Json;
using Semblance.Tokenizers;

namespace Semblance.Cli.Commands;

/// <summary>Represents <c>tokenize</c>, which writes the tokens of the lines of a file.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly ModelOption _model = new()
    {
        Description = "The tokenizer: a folder with its files or a Hugging Face Hub id; default: that of the bundled model",
    };
    private readonly Option<string?> _input = NewOption.Text(
        "--input", "FILE", "The texts: one per line, or JSON Lines (.jsonl) with 'text'; may be .gz; '-' or no option for standard input");
    private readonly Option<bool> _pair = new("--pair") { Description = "Treats each line as a pair of tab-separated texts" };
    private readonly Option<int?> _maxLength = NewOption.Count(
        "--max-length", "The maximum number of tokens, with special tokens; default: no limit");

    public TokenizeCommand(Host host)
        : base(
            "tokenize",
            "Tokenizes the lines of a file; writes a JSON object per line with ids, tokens, type_ids and offsets (start, end, start, end, "
            + "… in code points)",
            host)
    {
        Add(_model);
        Add(_input);
        Add(_pair);
        Add(_maxLength);
    }

    protected override async Task RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var lines = TextInput.Open(arguments.GetValue(_input), Host);
        var tokenizer = Tokenizer.Load(TokenizerFolder(await _model.FolderAsync(arguments, Host, cancellationToken).ConfigureAwait(false)));
        Host.Warn(tokenizer.Warnings);
        var options = new TokenizerOptions { MaxLength = arguments.GetValue(_maxLength) };
        using var output = new JsonLinesWriter(Host.Output);
        await foreach (var line in lines.TextsAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var (text, pair) = arguments.GetValue(_pair) ? lines.Pair(line) : (line, null);
            var encoding = tokenizer.Encode(text, pair, options);
            var offsets = encoding.CodePointOffsets(text, pair);
            output.Write(json =>
            {
                json.WriteNumbers("ids", encoding.Ids);
                json.WriteStrings("tokens", encoding.Tokens);
                json.WriteNumbers("type_ids", encoding.TypeIds);
                json.WriteNumbers("offsets", [.. offsets.SelectMany(range => new[] { range.Start, range.End })]);
            });
        }
    }

    // Early models, static models and routers keep the first module, with the tokenizer, in a subfolder.
    private static string TokenizerFolder(string folder) => !Directory.Exists(folder) ? folder
        : ((string[])["0_*", "*_0_*"])
            .SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal))
            .FirstOrDefault() ?? folder;
}
