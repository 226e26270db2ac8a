using System.Numerics;
using System.Runtime.Intrinsics;

namespace Semblance;

/// <summary>
/// Represents a quadtree of points in the plane (Barnes and Hut 1986), to compute their repulsion with distant groups approximated by one
/// point.
/// </summary>
/// <remarks>
/// Points are in Z-order, so that those of a square, and those that see the same squares, are adjacent: eight at a time traverse the tree,
/// and a square is opened for all if one of them requires it.
/// </remarks>
internal sealed class QuadTree
{
    private const int Deepest = 32; // the number of bits of a coordinate

    private readonly ulong[] _places;
    private readonly int[] _order;
    private readonly double[] _x; // in Z-order, padded to whole groups
    private readonly double[] _y;
    private readonly Square[] _squares;
    private double _width;
    private int _count;

    /// <param name="points">The number of points.</param>
    public QuadTree(int points)
    {
        (_places, _order) = (new ulong[points], new int[points]);
        Groups = (points + Vector512<double>.Count - 1) / Vector512<double>.Count;
        (_x, _y) = (new double[Groups * Vector512<double>.Count], new double[Groups * Vector512<double>.Count]);
        _squares = new Square[2 * points];
    }

    /// <summary>Gets the number of groups of points.</summary>
    public int Groups { get; }

    /// <summary>Builds the tree.</summary>
    /// <param name="points">The coordinates of each point, x before y.</param>
    public void Arrange(ReadOnlySpan<double> points)
    {
        _count = 0;
        if (points.IsEmpty)
        {
            return;
        }

        double left = double.PositiveInfinity, right = double.NegativeInfinity, top = left, bottom = right;
        for (var i = 0; i < points.Length; i += 2)
        {
            (left, right) = (Math.Min(left, points[i]), Math.Max(right, points[i]));
            (top, bottom) = (Math.Min(top, points[i + 1]), Math.Max(bottom, points[i + 1]));
        }

        _width = (Math.Max(right - left, bottom - top) * (1 + 1e-9)) + 1e-30;
        var scale = (1UL << Deepest) / _width;
        for (var i = 0; i < _order.Length; i++)
        {
            _places[i] = Spread((uint)((points[2 * i] - left) * scale)) | (Spread((uint)((points[(2 * i) + 1] - top) * scale)) << 1);
            _order[i] = i;
        }

        Array.Sort(_places, _order);
        for (var i = 0; i < _x.Length; i++)
        {
            var point = _order[Math.Min(i, _order.Length - 1)];
            (_x[i], _y[i]) = (points[2 * point], points[(2 * point) + 1]);
        }

        Divide(0, _order.Length);
    }

    /// <summary>
    /// Computes Σ q² (p − p′) over all other points p′, with q = 1/(1 + |p − p′|²), and Σ q, for each point p of a group.
    /// </summary>
    /// <param name="group">The index of the group.</param>
    /// <param name="theta">The maximum ratio of width to distance of a square that is approximated by one point.</param>
    /// <param name="forces">The array that receives the first sums: by point, x before y.</param>
    /// <param name="sums">The array that receives the second sums: by point.</param>
    public void Repel(int group, double theta, double[] forces, double[] sums)
    {
        var first = group * Vector512<double>.Count;
        Vector512<double> x = Vector512.Create(_x.AsSpan(first)), y = Vector512.Create(_y.AsSpan(first));
        Vector512<double> forceX = default, forceY = default, sum = default;
        var limit = Vector512.Create(theta * theta);
        for (var i = 0; i < _count;)
        {
            ref readonly var square = ref _squares[i];
            Vector512<double> dx = x - Vector512.Create(square.X), dy = y - Vector512.Create(square.Y);
            var distance = (dx * dx) + (dy * dy);
            if (Vector512.GreaterThanOrEqualAny(Vector512.Create(square.SquaredWidth), limit * distance))
            {
                i++;
                continue;
            }

            var q = Vector512<double>.One / (Vector512<double>.One + distance);
            var seen = q * (i + 1 == square.Next ? Others(square, first) : Vector512.Create((double)(square.End - square.Start)));
            sum += seen;
            seen *= q;
            forceX += seen * dx;
            forceY += seen * dy;
            i = square.Next;
        }

        for (var lane = 0; lane < Math.Min(Vector512<double>.Count, _order.Length - first); lane++)
        {
            var point = _order[first + lane];
            (forces[2 * point], forces[(2 * point) + 1], sums[point]) = (forceX[lane], forceY[lane], sum[lane]);
        }
    }

    // The number of points of a leaf other than the point itself, for each point of a group.
    private static Vector512<double> Others(in Square leaf, int first)
    {
        var points = Vector512.Create((double)(leaf.End - leaf.Start));
        if (leaf.End <= first || leaf.Start >= first + Vector512<double>.Count)
        {
            return points;
        }

        for (var lane = Math.Max(0, leaf.Start - first); lane < Math.Min(Vector512<double>.Count, leaf.End - first); lane++)
        {
            points = points.WithElement(lane, points[lane] - 1);
        }

        return points;
    }

    // The smallest square around some points, then its nonempty quarters, stored directly after it.
    private void Divide(int start, int end)
    {
        var number = _count++;
        var (x, y) = (0.0, 0.0);
        var squaredWidth = double.NegativeInfinity; // a leaf is never opened: its points coincide
        var differing = _places[start] ^ _places[end - 1];
        if (differing == 0)
        {
            for (var i = start; i < end; i++)
            {
                (x, y) = (x + _x[i], y + _y[i]);
            }
        }
        else
        {
            var level = BitOperations.LeadingZeroCount(differing) / 2;
            var width = Math.ScaleB(_width, -level);
            squaredWidth = width * width;
            var shift = (2 * (Deepest - 1 - level));
            for (var from = start; from < end;)
            {
                var last = _places[from] | ((1UL << shift) - 1);
                var to = After(last, from, end);
                ref readonly var child = ref _squares[_count];
                Divide(from, to);
                (x, y) = (x + (child.X * (to - from)), y + (child.Y * (to - from)));
                from = to;
            }
        }

        _squares[number] = new()
        {
            X = x / (end - start),
            Y = y / (end - start),
            SquaredWidth = squaredWidth,
            Start = start,
            End = end,
            Next = _count,
        };
    }

    // The first of some places beyond one.
    private int After(ulong place, int start, int end)
    {
        while (start < end)
        {
            var middle = (start + end) / 2;
            (start, end) = _places[middle] <= place ? (middle + 1, end) : (start, middle);
        }

        return start;
    }

    // Inserts a zero bit before each bit.
    private static ulong Spread(ulong bits)
    {
        bits = (bits | (bits << 16)) & 0x0000FFFF0000FFFF;
        bits = (bits | (bits << 8)) & 0x00FF00FF00FF00FF;
        bits = (bits | (bits << 4)) & 0x0F0F0F0F0F0F0F0F;
        bits = (bits | (bits << 2)) & 0x3333333333333333;
        return (bits | (bits << 1)) & 0x5555555555555555;
    }

    private struct Square
    {
        public double X; // the mean of the points
        public double Y;
        public double SquaredWidth;
        public int Start; // the first point
        public int End;
        public int Next; // the next square after all descendants
    }
}
