using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Files.Json;
using Semblance.Tokenizers;

namespace Semblance.Cli.Commands;

/// <summary><c>tokenize</c>: a line of text, its tokens.</summary>
internal sealed class TokenizeCommand : CliCommand
{
    private readonly ModelOption _model = new() { Description = "A folder with a tokenizer's files, or a model's id on the Hugging Face Hub; without it, the default model's" };
    private readonly Option<string?> _input = NewOption.Text("--input", "FILE", "A text a line, or JSON lines (.jsonl) with 'text', also as .gz; '-', or nothing, is standard input");
    private readonly Option<bool> _pair = new("--pair") { Description = "A line is two texts with a tab between them" };
    private readonly Option<int?> _maxLength = NewOption.Count("--max-length", "The most tokens, special ones included; without it, all");

    public TokenizeCommand(Host host)
        : base("tokenize", "Show the tokens of each line of a text: a JSON object with ids, tokens, type_ids and offsets (start, end, start, end, … in code points)", host)
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

    // Models of the first years, static ones and routers keep their first modules, with a tokenizer, in folders of their own.
    private static string TokenizerFolder(string folder) => !Directory.Exists(folder) ? folder
        : ((string[])["0_*", "*_0_*"]).SelectMany(pattern => Directory.EnumerateDirectories(folder, pattern).Order(StringComparer.Ordinal)).FirstOrDefault() ?? folder;
}
