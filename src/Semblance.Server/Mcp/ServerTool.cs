using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Semblance.Server.Batching;
using Semblance.Server.Models;

namespace Semblance.Server.Mcp;

/// <summary>Represents a tool that language models call by the Model Context Protocol.</summary>
internal sealed class ServerTool : McpServerTool
{
    private readonly Func<IServiceProvider, JsonElement, CancellationToken, Task<JsonElement>> _call;

    /// <summary>Initializes a new instance of the <see cref="ServerTool"/> class.</summary>
    /// <param name="name">The name.</param>
    /// <param name="description">What the tool does, for the language model.</param>
    /// <param name="schema">The JSON schema of the arguments.</param>
    /// <param name="isReadOnly"><see langword="true"/> if the tool changes nothing; otherwise, <see langword="false"/>.</param>
    /// <param name="call">Returns the result for arguments.</param>
    public ServerTool(
        string name, string description, string schema, bool isReadOnly,
        Func<IServiceProvider, JsonElement, CancellationToken, Task<JsonElement>> call)
    {
        _call = call;
        ProtocolTool = new Tool
        {
            Name = name,
            Description = description,
            InputSchema = JsonElement.Parse(schema),
            Annotations = new ToolAnnotations { ReadOnlyHint = isReadOnly, DestructiveHint = false, OpenWorldHint = false },
        };
    }

    /// <inheritdoc/>
    public override Tool ProtocolTool { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc/>
    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var arguments = JsonSerializer.SerializeToElement(
                new Dictionary<string, JsonElement>(request.Params?.Arguments ?? new Dictionary<string, JsonElement>()),
                McpJson.Default.DictionaryStringJsonElement);
            var result = await _call(request.Services!, arguments, cancellationToken).ConfigureAwait(false);
            return new CallToolResult { Content = [new TextContentBlock { Text = result.GetRawText() }] };
        }
        catch (JsonException e)
        {
            return Failure(JsonBody.Describe(e, isParsed: true).Message);
        }
        catch (Exception e) when (e is RequestException or ModelNotFoundException or QueueFullException)
        {
            return Failure(e.Message);
        }
    }

    private static CallToolResult Failure(string message) =>
        new() { Content = [new TextContentBlock { Text = message }], IsError = true };
}
