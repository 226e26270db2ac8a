namespace Semblance;

/// <summary>Represents the nearest records found during a search, ordered by distance and, for equal distances, by id.</summary>
/// <param name="compareIds">The comparison of two records' ids.</param>
internal sealed class NearestRecords(Comparison<int> compareIds)
{
    private Candidate[] _items = [];

    /// <summary>Gets the maximum number of records.</summary>
    public int Capacity { get; private set; }

    public int Count { get; private set; }

    /// <summary>Gets the distance above which a record is not kept.</summary>
    public float Bound { get; private set; }

    public ReadOnlySpan<Candidate> Items => _items.AsSpan(0, Count);

    public bool IsFull => Count == Capacity;

    public void Clear(int capacity)
    {
        if (_items.Length < capacity)
        {
            _items = new Candidate[capacity];
        }

        (Capacity, Count, Bound) = (capacity, 0, float.PositiveInfinity);
    }

    /// <summary>Adds a record if it is among the nearest so far.</summary>
    /// <returns><see langword="true"/> if the record was added; otherwise, <see langword="false"/>.</returns>
    public bool Offer(float distance, int record)
    {
        if (distance > Bound || (IsFull && !IsBefore(distance, record, _items[Count - 1])))
        {
            return false;
        }

        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = IsBefore(distance, record, _items[middle]) ? (low, middle) : (middle + 1, high);
        }

        _items.AsSpan(low, Count - low - (IsFull ? 1 : 0)).CopyTo(_items.AsSpan(low + 1));
        _items[low] = new Candidate(distance, record);
        Count += IsFull ? 0 : 1;
        Bound = IsFull ? _items[Count - 1].Distance : float.PositiveInfinity;
        return true;
    }

    private bool IsBefore(float distance, int record, Candidate other) =>
        distance < other.Distance || (distance == other.Distance && compareIds(record, other.Node) < 0);
}
