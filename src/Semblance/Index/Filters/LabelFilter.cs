using System.Text;

namespace Semblance;

/// <summary>Vectors with a label of one value.</summary>
/// <param name="Key">The label's name.</param>
/// <param name="Value">The value that it must have.</param>
public sealed record LabelFilter(string Key, string Value) : VectorFilter
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(Key);
    private readonly byte[] _value = Encoding.UTF8.GetBytes(Value);

    internal override bool Matches(StoredRecord record) => record.HasLabel(_key, _value);
}
