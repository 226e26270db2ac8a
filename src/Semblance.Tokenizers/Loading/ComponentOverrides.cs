using System.Text.Json;
using System.Text.Json.Nodes;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Computes the changes that the tokenizer class of the reference makes in the components of a tokenizer.json by tokenizer_config.json. An
/// option that the class does not apply, and that differs from the component, gives a warning.
/// </summary>
internal sealed class ComponentOverrides
{
    private const string Underline = "▁";

    private readonly TokenizerConfiguration _configuration;
    private readonly JsonSection _root;
    private readonly string? _class;
    private readonly Dictionary<string, JsonElement> _changes = [];

    /// <summary>Initializes a new instance with the changes in normalizer, pre-tokenizer, decoder and post-processor.</summary>
    public ComponentOverrides(JsonSection root, TokenizerConfiguration configuration)
    {
        (_root, _configuration, _class) = (root, configuration, configuration.ClassName);
        ChangeBertNormalizer();
        if (configuration.Flag("add_prefix_space") is { } addsSpace)
        {
            ChangePrefixSpace(addsSpace);
        }
        else if (_class is not null && TokenizerClasses.ByteLevel.Contains(_class))
        {
            Set("pre_tokenizer", "ByteLevel", "add_prefix_space", false);
        }

        ChangeOffsets();
    }

    /// <summary>Gets the sections of tokenizer.json that changed.</summary>
    public IReadOnlyDictionary<string, JsonElement> Changes => _changes;

    /// <summary>Gets a section after the changes, or <see langword="null"/>.</summary>
    public JsonSection? this[string name] => !_changes.TryGetValue(name, out var changed) ? _root.Optional(name)
        : changed.ValueKind == JsonValueKind.Null ? null
        : _root.Replaced(name, changed);

    /// <summary>Replaces the value of a section.</summary>
    public void Replace(string name, JsonNode? value) => _changes[name] = JsonElement.Parse(value?.ToJsonString() ?? "null");

    private void ChangeBertNormalizer()
    {
        if (Component("normalizer") is not { } json || TypeOf(json) != "BertNormalizer")
        {
            return;
        }

        var (lowercase, chinese) = (_configuration.Flag("do_lower_case"), _configuration.Flag("tokenize_chinese_chars"));
        var strip = _configuration.Has("strip_accents") ? JsonValue.Create(_configuration.Flag("strip_accents")) : null;
        if (_class is not null && !TokenizerClasses.Bert.Contains(_class))
        {
            WarnOfConflict("do_lower_case", lowercase, json, "lowercase");
            WarnOfConflict("tokenize_chinese_chars", chinese, json, "handle_chinese_chars");
            WarnOfConflict("strip_accents", _configuration.Flag("strip_accents"), json, "strip_accents");
            return;
        }

        // A class has defaults; without a class, only the given options count.
        if (_class is not null || lowercase is not null)
        {
            Set(json, "normalizer", "lowercase", lowercase ?? true);
        }

        if (_class is not null || chinese is not null)
        {
            Set(json, "normalizer", "handle_chinese_chars", chinese ?? true);
        }

        if (_class is not null || _configuration.Has("strip_accents"))
        {
            Set(json, "normalizer", "strip_accents", strip);
        }
    }

    private void ChangePrefixSpace(bool addsSpace)
    {
        var type = Component("pre_tokenizer") is { } json ? TypeOf(json) : null;
        if (type == "ByteLevel")
        {
            Set("pre_tokenizer", "ByteLevel", "add_prefix_space", addsSpace);
            return;
        }

        if (_class is not null && !TokenizerClasses.Metaspace.Contains(_class))
        {
            if (addsSpace && type != "Metaspace")
            {
                _configuration.Warn(
                    "add_prefix_space", $"is true, but {_configuration.FullClassName} does not apply it to the pre-tokenizer of tokenizer.json");
            }

            return;
        }

        ChangeScheme("pre_tokenizer", addsSpace);
        ChangeScheme("decoder", addsSpace);
        if (!addsSpace)
        {
            RemovePart("normalizer", "normalizers", part => TypeOf(part) == "Prepend" && TextOf(part, "prepend") == Underline);
            RemovePart("decoder", "decoders", part => TypeOf(part) == "Strip" && TextOf(part, "content") == " ");
        }
    }

    private void ChangeScheme(string section, bool addsSpace)
    {
        if (Component(section) is { } json && TypeOf(json) == "Metaspace")
        {
            var legacy = _configuration.Flag("legacy");
            var now = TextOf(json, "prepend_scheme") ?? "always";
            json.Remove("add_prefix_space");
            var scheme = !addsSpace ? "never"
                : legacy is null ? (now == "never" ? "first" : now)
                : legacy.Value ? "always" : "first";
            Set(json, section, "prepend_scheme", scheme);
        }
    }

    private void ChangeOffsets()
    {
        var isRoberta = _class is not null && TokenizerClasses.Roberta.Contains(_class);
        foreach (var type in (string[])["ByteLevel", "RobertaProcessing"])
        {
            if (isRoberta)
            {
                Set("post_processor", type, "add_prefix_space", _configuration.Flag("add_prefix_space") ?? false);
            }

            if (isRoberta || _configuration.Flag("trim_offsets") is not null)
            {
                Set("post_processor", type, "trim_offsets", _configuration.Flag("trim_offsets") ?? true);
            }
        }
    }

    /// <summary>Removes a part of a sequence, or the whole section if it is that part.</summary>
    private void RemovePart(string section, string list, Func<JsonObject, bool> isIt)
    {
        if (Component(section) is not { } json)
        {
            return;
        }

        if (isIt(json))
        {
            Replace(section, null);
        }
        else if (json[list] is JsonArray parts && parts.OfType<JsonObject>().FirstOrDefault(isIt) is { } part)
        {
            parts.Remove(part);
            Replace(section, json);
        }
    }

    private void WarnOfConflict(string option, bool? asked, JsonObject json, string key)
    {
        if (asked is { } value && json[key] is { } own && !JsonNode.DeepEquals(own, value))
        {
            _configuration.Warn(
                option,
                $"is {(value ? "true" : "false")}, but {_configuration.FullClassName} does not change the normalizer of tokenizer.json, where '{key}' is {own.ToJsonString()}");
        }
    }

    private void Set(string section, string type, string key, JsonNode value)
    {
        if (Component(section) is { } json && TypeOf(json) == type)
        {
            Set(json, section, key, value);
        }
    }

    private void Set(JsonObject json, string section, string key, JsonNode? value)
    {
        if (!JsonNode.DeepEquals(json[key], value))
        {
            json[key] = value;
            Replace(section, json);
        }
    }

    private JsonObject? Component(string name) =>
        this[name] is { Element.ValueKind: JsonValueKind.Object } section ? NodeOf(section.Element) as JsonObject : null;

    // Of two members with the same name, the last one counts; JsonObject.Create would fail at the first access.
    private static JsonNode? NodeOf(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var json = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    json[member.Name] = NodeOf(member.Value);
                }

                return json;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(NodeOf)]);
            default:
                return JsonValue.Create(element);
        }
    }

    private static string? TypeOf(JsonObject json) => TextOf(json, "type");

    // Null if the member is not a string; its reader reports that.
    private static string? TextOf(JsonObject json, string key) =>
        json[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
