using System.Text.RegularExpressions;
using Semblance.Tensors;
using Semblance.Transformers.Tasks;

namespace Semblance.Transformers.Adapters;

/// <summary>
/// Represents the layers of a model, body and head, under the names that adapters use: those of the model in transformers.
/// </summary>
public sealed partial class AdaptableModel
{
    private readonly HashSet<string> _body;
    private readonly string _prefix;
    private readonly bool _hasHead;
    private readonly Func<IEnumerable<Parameter>> _parameters;

    private AdaptableModel(
        Transformer body, IEnumerable<KeyValuePair<string, Layer>> head, bool hasHead, Func<IEnumerable<Parameter>> parameters)
    {
        (Body, _prefix, _hasHead, _parameters) = (body, body.Architecture.Prefix, hasHead, parameters);
        var own = hasHead ? _prefix : "";
        Layers = new OrderedDictionary<string, Layer>(
            body.Layers.Select(layer => KeyValuePair.Create(own + layer.Key, layer.Value)).Concat(head), StringComparer.Ordinal);
        _body = [.. body.Layers.Keys.Select(name => own + name)];
    }

    /// <summary>Gets the transformer.</summary>
    public Transformer Body { get; }

    /// <summary>Gets the layers by their names: those of the body, with its prefix if there is a head, and those of the head.</summary>
    public IReadOnlyDictionary<string, Layer> Layers { get; }

    /// <summary>Gets the last parts of the names of the body's linear layers, for messages.</summary>
    internal IEnumerable<string> LinearNames => Layers
        .Where(layer => layer.Value is Linear && IsOfBody(layer.Key)).Select(layer => layer.Key.Split('.')[^1]).Distinct().Take(8);

    /// <summary>Gets the folder or the Hub id that the model was loaded from; null if it is new.</summary>
    internal string? Source
    {
        get
        {
            var folder = Path.GetDirectoryName(Body.Configuration.Path);
            return !Directory.Exists(folder) ? null
                : CachedId().Match(folder.Replace('\\', '/')) is { Success: true } id
                    ? id.Groups[1].Value.Replace("--", "/", StringComparison.Ordinal)
                : folder;
        }
    }

    /// <summary>Creates the layers of a body without a head.</summary>
    /// <param name="body">The body.</param>
    public static AdaptableModel Of(Transformer body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new AdaptableModel(body, [], hasHead: false, body.Parameters);
    }

    /// <summary>Creates the layers of a model with a head.</summary>
    /// <param name="model">The model.</param>
    public static AdaptableModel Of(TaskModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new AdaptableModel(model.Body, model.HeadLayers, model.HasHead, model.Parameters);
    }

    /// <summary>Returns the parameters of the model, those of an attached adapter included.</summary>
    internal IEnumerable<Parameter> Parameters() => _parameters();

    /// <summary>Returns a value that indicates whether a layer belongs to the body.</summary>
    internal bool IsOfBody(string name) => _body.Contains(name);

    /// <summary>
    /// Returns the names of a layer that a file may use: with and without the prefix of the body, as the adapter of a body also fits the
    /// body
    /// of a classifier.
    /// </summary>
    internal IReadOnlyList<string> NamesOf(string name) => !IsOfBody(name) || _prefix.Length == 0 ? [name]
        : _hasHead ? [name, name[_prefix.Length..]]
        : [name, _prefix + name];

    [GeneratedRegex("/models--([^/]+)/snapshots/[^/]+$")]
    private static partial Regex CachedId();
}
