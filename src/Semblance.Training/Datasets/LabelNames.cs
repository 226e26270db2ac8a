using System.Globalization;
using Semblance.Files;

namespace Semblance.Training;

/// <summary>The names of classes and their numbers, from 0.</summary>
public sealed class LabelNames
{
    private readonly OrderedDictionary<string, int> _labels = [];
    private readonly bool _closed;

    /// <summary>Numbers the names in the order that they appear in.</summary>
    public LabelNames()
    {
    }

    /// <summary>Knows these names and no others.</summary>
    /// <param name="names">The names, in the order of their numbers.</param>
    /// <exception cref="ArgumentException">A name comes twice, or there is none.</exception>
    public LabelNames(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            if (!_labels.TryAdd(name, _labels.Count))
            {
                throw new ArgumentException($"The name '{name}' comes twice.", nameof(names));
            }
        }

        _closed = _labels.Count > 0 ? true : throw new ArgumentException("There must be at least one name.", nameof(names));
    }

    /// <summary>The names, in the order of their numbers.</summary>
    public IReadOnlyList<string> Names => [.. _labels.Keys];

    /// <summary>The number of a name, which a new name gets unless the names are given.</summary>
    /// <exception cref="FormatException">There is no such name.</exception>
    public int Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_labels.TryGetValue(name, out var label))
        {
            label = !_closed
                ? _labels.Count
                : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"there is no label '{Excerpt.Of(name)}'; the {_labels.Count} labels are {Excerpt.Of([.. _labels.Keys])}"));
            _labels.Add(name, label);
        }

        return label;
    }
}
