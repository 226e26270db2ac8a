using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Semblance.Server.Models;

namespace Semblance.Server.Ollama;

/// <summary>Represents <c>/api/tags</c>, <c>/api/ps</c>, <c>/api/show</c> and <c>/api/version</c>.</summary>
internal static class ModelRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var ollama = OllamaDialect.Instance;
        routes.Get<TagList>(ollama, "/api/tags", "Lists the models", context => JsonBody.WriteAsync(
            context, new TagList([.. Host(context).Names.Select(name => Tag(Host(context), name))]), OllamaJson.Default.TagList));
        routes.Get<TagList>(ollama, "/api/ps", "Lists the models in memory", context => JsonBody.WriteAsync(
            context, new TagList([.. Host(context).Names.Select(name => InMemory(Host(context), name)).OfType<TagModel>()]),
            OllamaJson.Default.TagList));
        routes.Get<VersionAnswer>(ollama, "/api/version", "Returns the version", context => JsonBody.WriteAsync(
            context, new VersionAnswer(ServerVersion.Text), OllamaJson.Default.VersionAnswer));
        routes.Post<EmbedBody, ShowAnswer>(ollama, "/api/show", "Describes a model", ShowAsync);
    }

    private static async Task ShowAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, OllamaJson.Default.EmbedBody).ConfigureAwait(false);
        using var lease = await Host(context).AcquireAsync(body.Model, ModelTask.Any, context.RequestAborted).ConfigureAwait(false);
        var tag = Tag(Host(context), lease.Name);
        var model = lease.Model;
        var info = new Dictionary<string, JsonElement>
        {
            ["general.architecture"] = Json($"\"{tag.Details.Family}\""),
            ["general.parameter_count"] = Json(model.ParameterCount.ToString(CultureInfo.InvariantCulture)),
            [$"{tag.Details.Family}.context_length"] = Json(model.MaxSequenceLength.ToString(CultureInfo.InvariantCulture)),
        };
        if (model.Dense is { } dense)
        {
            info[$"{tag.Details.Family}.embedding_length"] = Json(dense.Dimension.ToString(CultureInfo.InvariantCulture));
        }

        var details = tag.Details with { ParameterSize = Size(model.ParameterCount) };
        await JsonBody.WriteAsync(
            context, new ShowAnswer(details, info, tag.Capabilities, tag.ModifiedAt), OllamaJson.Default.ShowAnswer).ConfigureAwait(false);
    }

    private static TagModel Tag(ModelHost host, string name)
    {
        var model = host.Find(name, ModelTask.Any).Model;
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{model.Folder} {model.Created:O}")));
        var family = model.Kinds[0].ToString();
        var level = model.Served.Compute switch
        {
            Tensors.ComputeType.Int8 => "Q8_0",
            Tensors.ComputeType.BFloat16 => "BF16",
            _ => "F32",
        };
        return new TagModel(
            name, name, model.Created, model.Size, Convert.ToHexStringLower(digest),
            new ModelDetails("", "safetensors", family, [family], "", level),
            model.Supports(ModelTask.Embed) ? ["embedding"] : []);
    }

    private static TagModel? InMemory(ModelHost host, string name)
    {
        var model = host.Find(name, ModelTask.Any).Model;
        return model.Loading is { IsCompletedSuccessfully: true, Result: var loaded }
            ? Tag(host, name) with { ExpiresAt = host.ExpiresAt(model), SizeVram = 0, ContextLength = loaded.MaxSequenceLength }
            : null;
    }

    private static string Size(long count) => string.Create(CultureInfo.InvariantCulture, $"{count / 1e6:F1}M");

    private static JsonElement Json(string text) => JsonElement.Parse(text);

    private static ModelHost Host(HttpContext context) => context.RequestServices.GetRequiredService<ModelHost>();
}
