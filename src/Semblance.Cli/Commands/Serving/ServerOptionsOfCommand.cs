using System.CommandLine;
using Semblance.Cli.Input;
using Semblance.Cli.Options;
using Semblance.Server;

namespace Semblance.Cli.Commands;

/// <summary>Represents the options of commands that serve models.</summary>
internal sealed class ServerOptionsOfCommand
{
    /// <summary>The environment variable with API keys, separated by commas.</summary>
    public const string KeysVariable = "SEMBLANCE_API_KEYS";

    private readonly Option<string[]> _models = new("--model")
    {
        Description = "A model to serve, and the name that requests use: a folder or a Hub id, with :int8 or :bfloat16 at its end for the "
            + "compute type; may be repeated; default: the bundled model",
        HelpName = "[NAME=]MODEL[:TYPE]",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string[]> _adapters = new("--adapter")
    {
        Description = "An adapter of a served model, which requests choose by its name; may be repeated; default: none",
        HelpName = "NAME=FOLDER[@MODEL]",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _keys = NewOption.Text(
        "--api-keys", "FILE", $"A file with API keys, one in each line; default: those in {KeysVariable}, separated by commas, or none");
    private readonly Option<string[]> _cors = new("--cors")
    {
        Description = "An origin whose pages may call the server, or * for all; may be repeated; default: none",
        HelpName = "ORIGIN",
    };
    private readonly Option<int?> _batchTokens = NewOption.Count(
        "--batch-tokens", "The approximate number of tokens in a batch of one thread; default: 512");
    private readonly Option<int?> _threads = NewOption.Count("--threads", "The number of compute threads; default: one per core");
    private readonly Option<int?> _queue = NewOption.Count(
        "--queue-tokens", "The number of waiting tokens beyond which requests are refused; default: 1048576");
    private readonly Option<int?> _inputs = NewOption.Count("--max-inputs", "The maximum number of texts of a request; default: 16384");
    private readonly Option<int?> _body = NewOption.Count("--max-body", "The maximum size of a request in MiB; default: 32");
    private readonly Option<int?> _deadline = NewOption.Count(
        "--deadline", "The time in which a request must be answered, in seconds; default: 120");
    private readonly Option<int?> _memory = NewOption.Count(
        "--memory", "The maximum size of the models in memory, in MiB of weights; default: no limit");
    private readonly Option<int?> _idle = NewOption.Count(
        "--idle", "The time after which an unused model is unloaded, in seconds; default: never");
    private readonly Option<string> _truncation = NewOption.Choice(
        "--truncation", "The handling of texts longer than the model's maximum sequence length, unless a request names it", "cut", "error");
    private readonly Option<string?> _grpc = NewOption.Text(
        "--grpc", "URL", "The address of the gRPC services of text-embeddings-inference, such as http://localhost:8081; default: none");
    private readonly Option<string?> _collections = NewOption.Text(
        "--collections", "PLACE",
        "The folder of collections, or their PostgreSQL database such as \"Host=localhost;Database=shop\" or postgres://localhost/shop; "
        + "default: none");

    /// <summary>Initializes a new instance of the <see cref="ServerOptionsOfCommand"/> class.</summary>
    /// <param name="command">The command to which the options are added.</param>
    /// <param name="isNetworked"><see langword="true"/> to add those about requests; otherwise, <see langword="false"/>.</param>
    public ServerOptionsOfCommand(Command command, bool isNetworked = true)
    {
        _cors.Validators.Add(result => ServeCommand.CheckAll(
            result, _cors.Name, result.Tokens.Select(token => token.Value), isAny: true,
            "write an origin such as https://example.org, or * for all"));
        _grpc.Validators.Add(result => ServeCommand.CheckAll(
            result, _grpc.Name, result.Tokens.Select(token => token.Value), isAny: false, "write an address such as http://localhost:8081"));
        Option[] all = isNetworked
            ?
            [
                _models, _adapters, _keys, _cors, _batchTokens, _threads, _queue, _inputs, _body, _deadline, _memory, _idle, _truncation,
                _grpc, _collections,
            ]
            : [_models, _adapters, _batchTokens, _threads, _truncation, _collections];
        foreach (var option in all)
        {
            command.Add(option);
        }
    }

    /// <summary>Returns the options of the command line; models are downloaded unless they are folders or in the cache.</summary>
    public async Task<ServerOptions> OfAsync(ParseResult arguments, Host host, CancellationToken cancellationToken)
    {
        var defaults = new ServerOptions();
        return defaults with
        {
            Models = await ModelsAsync(arguments.GetValue(_models) ?? [], host, cancellationToken).ConfigureAwait(false),
            Adapters = [.. (arguments.GetValue(_adapters) ?? []).Select(ServedAdapter.Parse)],
            ApiKeys = Keys(arguments.GetValue(_keys)),
            CorsOrigins = arguments.GetValue(_cors) ?? [],
            BatchTokens = arguments.GetValue(_batchTokens) ?? defaults.BatchTokens,
            MaxThreads = arguments.GetValue(_threads),
            MaxQueuedTokens = arguments.GetValue(_queue) ?? defaults.MaxQueuedTokens,
            MaxInputs = arguments.GetValue(_inputs) ?? defaults.MaxInputs,
            MaxBodySize = arguments.GetValue(_body) is { } size ? (long)size << 20 : defaults.MaxBodySize,
            Deadline = arguments.GetValue(_deadline) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.Deadline,
            MemoryLimit = arguments.GetValue(_memory) is { } memory ? (long)memory << 20 : null,
            IdleTimeout = arguments.GetValue(_idle) is { } idle ? TimeSpan.FromSeconds(idle) : null,
            Truncate = arguments.GetValue(_truncation) != "error",
            GrpcUrl = arguments.GetValue(_grpc),
            CollectionsDatabase = arguments.GetValue(_collections) is { } place && PostgresConnection.Is(place)
                ? PostgresConnection.Source(_collections.Name, place)
                : null,
            CollectionsFolder = arguments.GetValue(_collections),
        };
    }

    private static async Task<IReadOnlyList<ServedModel>> ModelsAsync(string[] names, Host host, CancellationToken cancellationToken)
    {
        if (names.Length == 0)
        {
            return [ServedModel.Default with { Model = host.DefaultModelFolder }];
        }

        var models = new List<ServedModel>();
        foreach (var name in names)
        {
            var model = ServedModel.Parse(name);
            models.Add(model with
            {
                Model = await ModelOption.FolderAsync(model.Model, host, cancellationToken, kind: null).ConfigureAwait(false),
            });
        }

        return models;
    }

    private static string[] Keys(string? file)
    {
        if (file is null)
        {
            return (Environment.GetEnvironmentVariable(KeysVariable) ?? "").Split(
                ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        string[] keys = [.. File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return keys.Length > 0 ? keys : throw new InputException(file, "the file has no API keys; write one in each line.");
    }
}
